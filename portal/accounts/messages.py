"""What happens to an officer's account, in the words of the log."""

from django.utils.translation import gettext_lazy as _

from portal.records.verbs import register_verbs

register_verbs(
    "accounts.user",
    title=_("Tài khoản"),
    verbs={
        "created": _("Tạo tài khoản"),
        "signed_in": _("Đăng nhập"),
        "locked": _("Tạm khóa vì sai mật khẩu nhiều lần"),  # of older events
        "guessed": _("Nhập sai mật khẩu nhiều lần từ một nơi"),
        "password_reset": _("Cấp mật khẩu mới"),
        "password_changed": _("Đổi mật khẩu"),
        "activated": _("Mở lại tài khoản"),
        "deactivated": _("Ngừng tài khoản"),
        "assigned": _("Giao vai trò"),
        "unassigned": _("Kết thúc vai trò"),
        "role_requested": _("Đề nghị giao vai trò"),
        "password_requested": _("Đề nghị mật khẩu mới"),
    },
)

register_verbs(
    "accounts.rolerequest",
    title=_("Đề nghị giao vai trò hoặc mật khẩu mới"),
    verbs={
        "confirm_role": _("Duyệt vai trò"),
        "refuse_role": _("Không duyệt vai trò"),
        "expire_role": _("Hết hạn duyệt vai trò"),
        "confirm_password": _("Duyệt mật khẩu mới"),
        "refuse_password": _("Không duyệt mật khẩu mới"),
        "expire_password": _("Hết hạn duyệt mật khẩu mới"),
    },
)
