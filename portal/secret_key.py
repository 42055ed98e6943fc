"""What makes a secret key too weak to start with. Whoever knows or guesses it opens any registration's page."""

from __future__ import annotations

SHORTEST = 50  # characters
FEWEST_DIFFERENT = 10  # characters; a random key of 50 has about 35
EXAMPLES = {"put-here-what-the-command-in-deploy-README-prints-for-you"}  # in deploy/portal.env.example
HOW = (
    "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))' "
    "and put the same on every host. bin/run makes its own."
)


def fault_of_key(key: str) -> str:
    """Return why the portal must not start with this secret key, as a sentence; empty when it may."""
    if not key:
        return f"PORTAL_SECRET_KEY is not set. {HOW}"
    if key in EXAMPLES:
        return f"PORTAL_SECRET_KEY is the one of the example, which everybody knows. {HOW}"
    if len(key) < SHORTEST:
        return f"PORTAL_SECRET_KEY has {len(key)} characters; it needs at least {SHORTEST}. {HOW}"
    if len(set(key)) < FEWEST_DIFFERENT or key.startswith("django-insecure-"):
        return f"PORTAL_SECRET_KEY can be guessed. {HOW}"
    return ""
