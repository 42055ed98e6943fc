"""Lists that were sent in, as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from portal.reporting.resources import ListResource, MomentField
from repatriation.headings import STATUS


class ImportBatchResource(ListResource):
    """One row for each list."""

    file_name = Field("file_name", gettext_lazy("Tệp"))
    campaign = Field("campaign__name", gettext_lazy("Đợt"))
    created_by = Field("created_by__full_name", gettext_lazy("Người gửi"))
    created_at = MomentField("created_at", gettext_lazy("Gửi lúc"))
    status = Field("get_status_display", STATUS)
    rows = Field("rows", gettext_lazy("Số dòng"))
    rows_wrong = Field("rows_wrong", gettext_lazy("Dòng có lỗi"))
    families = Field("families", gettext_lazy("Gia đình"))
    families_good = Field("families_good", gettext_lazy("Gia đình nhập được"))
