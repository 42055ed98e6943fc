"""The portal's settings for tests: its real servers, started or reused, and cheap passwords."""

from portal.embedded.environment import prepare_environment

prepare_environment()

from portal.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
