"""The portal's settings for tests: its real servers, started or reused, and cheap passwords."""

from portal.embedded.environment import prepare_environment

prepare_environment()

from portal.settings import *  # noqa: E402, F403

# No collected and hashed files are needed to render a page in a test; journeys run with the real ones.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
PORTAL_EMBEDDED = True  # wherever the tests' databases are, they are the tests' own
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Next to the views, so that it sees what each press of an officer committed.
MIDDLEWARE.append("tests.acts_watch.ActsWatch")  # noqa: F405
