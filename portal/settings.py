"""Every setting of the portal, read from the environment.

Production refuses to start without its secret key; `bin/run` provides everything for a demo.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.secret_key import fault_of_key

BASE_DIR = Path(__file__).resolve().parent.parent


def env_flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def database_from_url(url: str) -> dict[str, Any]:
    """Turn `postgresql://user:password@host:port/name` into Django's form."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "portal",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": os.environ.get("TEST_DATABASE") or None},
    }


# --- What a province changes -------------------------------------------------------------------
PORTAL_NAME = os.environ.get("PORTAL_NAME", "Cổng Tây Ninh")
PORTAL_PROVINCE = os.environ.get("PORTAL_PROVINCE", "80")  # code of the home province in portal.places
PORTAL_PROVINCE_NAME = os.environ.get("PORTAL_PROVINCE_NAME", "Tây Ninh")
# Whose papers they are: the two lines on the left of an official paper's head; the second may be empty.
PORTAL_AUTHORITY = os.environ.get("PORTAL_AUTHORITY", f"Ủy ban nhân dân tỉnh {PORTAL_PROVINCE_NAME}")
PORTAL_AUTHORITY_OFFICE = os.environ.get("PORTAL_AUTHORITY_OFFICE", "Ban Chỉ đạo phòng, chống dịch COVID-19")
PORTAL_HOTLINE = os.environ.get("PORTAL_HOTLINE", "0276 1022")
PORTAL_CODE_PREFIX = os.environ.get("PORTAL_CODE_PREFIX", "TN")
PORTAL_BASE_URL = os.environ.get("PORTAL_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
PORTAL_DEMO = env_flag("PORTAL_DEMO")  # demo sign-ins and the inbox of sent messages
PORTAL_CHANNEL = os.environ.get("PORTAL_CHANNEL", "console")  # the console reaches nobody outside a demo

PORTAL_CODES_AN_HOUR = int(
    os.environ.get("PORTAL_CODES_AN_HOUR", "6000")
)  # one-time codes to phones not proved yet

# How long an alert about somebody's health may wait for an officer before the next level is told, and how long
# whoever took it over has until the note that settles it.
PORTAL_ALERT_MINUTES = int(os.environ.get("PORTAL_ALERT_MINUTES", "30"))
PORTAL_ALERT_SETTLE_HOURS = int(os.environ.get("PORTAL_ALERT_SETTLE_HOURS", "24"))

# Minutes in which whoever recorded an arrival may take it back, by the clock of the server.
PORTAL_UNDO_MINUTES = int(os.environ.get("PORTAL_UNDO_MINUTES", "15"))
PORTAL_IMPORT_DAYS = int(os.environ.get("PORTAL_IMPORT_DAYS", "30"))  # how long the files of lists are kept

# --- Safety ------------------------------------------------------------------------------------
DEBUG = env_flag("PORTAL_DEBUG")
SECRET_KEY = os.environ.get("PORTAL_SECRET_KEY", "").strip()
if _fault := fault_of_key(SECRET_KEY):
    raise ImproperlyConfigured(_fault)
ALLOWED_HOSTS = env_list("PORTAL_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
_secure = PORTAL_BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PORTAL_BASE_URL] if _secure else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_AGE = 12 * 3600  # seconds: one long shift at a checkpoint
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
# Behind a proxy its headers say who asks and how: set it only where the proxy itself writes them.
PORTAL_BEHIND_PROXY = env_flag("PORTAL_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PORTAL_BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.ui.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
PORTAL_LARGEST_REQUEST = 12 * 1024 * 1024  # bytes; a larger one is refused before it is read

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "import_export",
    "portal.ui",
    "portal.embedded",
    "portal.places",
    "portal.accounts",
    "portal.records",
    "portal.notifications",
    "portal.reporting",
    "citizens",
    "quarantine",
    "repatriation",
    "appointments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.ui.middleware.CompressionMiddleware",
    "portal.ui.incoming.HeadMiddleware",
    "portal.ui.middleware.ReferenceMiddleware",
    "portal.ui.middleware.ContentSecurityPolicyMiddleware",
    "portal.ui.middleware.SessionMiddleware",
    "portal.ui.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.ui.middleware.LargeRequestMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.ui.incoming.IncomingTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.middleware.SignInFirstMiddleware",
    "portal.accounts.middleware.OwnPasswordMiddleware",
    "portal.records.middleware.ReadOnlyGetMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.ui.asking.AskFirstMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.ui.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Servers -----------------------------------------------------------------------------------
DATABASE_URL = os.environ.get("DATABASE_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "")
if not (DATABASE_URL and REDIS_URL):
    raise ImproperlyConfigured(
        "DATABASE_URL and REDIS_URL are not set. bin/run starts servers and sets both."
    )
DATABASES = {"default": database_from_url(DATABASE_URL)}
PORTAL_EMBEDDED = env_flag(
    "PORTAL_EMBEDDED"
)  # set where the portal itself started the database of DATABASE_URL
PORTAL_RUNNING_ROLE = os.environ.get("PORTAL_RUNNING_ROLE", "portal_running")  # gets its rights on migrating
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sessions and codes live in the database, so that registration goes on while the broker is down.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a first password is no cookie

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600  # seconds
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # A page that queues a message does not wait for a broker that is down.
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_PUBLISH_RETRY = False  # the sweep finds what the broker missed
CELERY_BEAT_SCHEDULER = "portal.heartbeat:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-messages": {"task": "portal.notifications.tasks.sweep", "schedule": 10.0},
    "lapse-offers": {"task": "repatriation.tasks.lapse_offers", "schedule": 30.0},
    "escalate-handovers": {"task": "repatriation.tasks.escalate_overdue", "schedule": 30.0},
    "lapse-screenings": {"task": "repatriation.tasks.lapse_screenings", "schedule": 30.0},
    "take-asked-steps": {"task": "repatriation.tasks.take_asked_steps", "schedule": 5.0},
    "rescore": {"task": "repatriation.tasks.rescore", "schedule": 10.0},
    "make-exports": {"task": "portal.reporting.tasks.make_exports", "schedule": 3.0},
    "clear-old-exports": {"task": "portal.reporting.tasks.clear_old_exports", "schedule": 3600.0},
    "work-on-imports": {"task": "repatriation.tasks.work_on_imports", "schedule": 3.0},
    "clear-old-imports": {"task": "repatriation.tasks.clear_old_imports", "schedule": 3600.0},
    "clear-forgotten-forms": {"task": "repatriation.tasks.clear_forgotten", "schedule": 3600.0},
    "quarantine-day": {"task": "quarantine.tasks.run_day", "schedule": 300.0},
    "escalate-alerts": {"task": "quarantine.tasks.escalate", "schedule": 30.0},
    "make-slots": {"task": "appointments.tasks.make_slots", "schedule": 3600.0},
    "seal-logs": {"task": "portal.records.tasks.seal_logs", "schedule": 30.0},
    "clear-old-sessions": {"task": "portal.accounts.tasks.clear_old_sessions", "schedule": 24 * 3600.0},
    "clear-old-codes": {"task": "citizens.tasks.clear_old_codes", "schedule": 3600.0},
    "clear-sign-in-counts": {
        "task": "portal.accounts.tasks.clear_old_sign_in_counts",
        "schedule": 3600.0,
    },
}

# --- Accounts ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.backend.PortalBackend"]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "accounts:first_screen"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "portal.accounts.passwords.CommonInVietnamValidator"},
]

# --- Language, time, files ---------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("PORTAL_STATIC_ROOT") or BASE_DIR / "var" / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 86_400

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "portal.logs.PrivateFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"not_an_error": {"()": "portal.logs.NotAnError"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["not_an_error"]}
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("PORTAL_LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # Django's own handlers would write lines as they come
        "django.db.backends": {"level": "INFO"},  # below that it writes each statement with its values
        "django.server": {"handlers": [], "propagate": True},
        "gunicorn.error": {"handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"handlers": ["stderr"], "propagate": False},
    },
}
