"""Open what a device sealed to the portal's public key.

A device makes a key pair of its own for each entry, agrees on a secret with the portal's public key (ECDH over P-256),
derives a key from it (HKDF, SHA-256) and encrypts (AES-256-GCM). It forgets its private key, so nobody at the device
can read the entry afterwards. `portal/ui/static/ui/offline/seal.js` is the other side.

    sealed = base64url(point of the device, 65 bytes | nonce, 12 bytes | what was encrypted)
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal import locks
from repatriation.models import OfflineKey

INFO = b"portal offline entry 1"
AT_REST = b"portal offline key at rest 1"
POINT, NONCE, TAG = 65, 12, 16  # bytes
RENEWED_AFTER = dt.timedelta(days=30)


class Unreadable(ValueError):
    """What came is not sealed to a key of this portal, or was changed on its way."""


def current_key() -> OfflineKey:
    """Return the key to which devices seal now; make one where there is none or the newest is a month old."""
    newest = _newest()
    if newest is not None:
        return newest
    with transaction.atomic():
        locks.hold(locks.Kind.OFFLINE_KEY, 0)
        return _newest() or _made()


def open_sealed(key_id: int, sealed: str, bound_to: str) -> bytes:
    """Return what was sealed. `bound_to` is what the device authenticated with it. Raises `Unreadable`."""
    key = OfflineKey.objects.filter(pk=key_id).first()
    data = _bytes(sealed)
    if key is None or len(data) < POINT + NONCE + TAG:
        raise Unreadable
    point, nonce, encrypted = data[:POINT], data[POINT : POINT + NONCE], data[POINT + NONCE :]
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        secret = _private(key).exchange(ec.ECDH(), theirs)
        return AESGCM(_derived(secret, point, INFO)).decrypt(nonce, encrypted, bound_to.encode())
    except (ValueError, InvalidTag) as error:
        raise Unreadable from error


def seal(key: OfflineKey, data: bytes, bound_to: str) -> str:
    """Seal as a device does: for tests, and for whatever is not a browser."""
    own = ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(key.public))
    nonce = os.urandom(NONCE)
    derived = _derived(own.exchange(ec.ECDH(), theirs), point, INFO)
    return _text(point + nonce + AESGCM(derived).encrypt(nonce, data, bound_to.encode()))


def _newest() -> OfflineKey | None:
    return OfflineKey.objects.filter(made_at__gt=timezone.now() - RENEWED_AFTER).order_by("pk").last()


def _made() -> OfflineKey:
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    nonce = os.urandom(NONCE)
    at_rest = nonce + AESGCM(_at_rest(settings.SECRET_KEY)).encrypt(nonce, der, point)
    return OfflineKey.objects.create(public=_text(point), private=_text(at_rest))


def _private(key: OfflineKey) -> ec.EllipticCurvePrivateKey:
    """Return the private key, also when the portal's secret was changed and the old one is still named."""
    data = _bytes(key.private)
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        try:
            der = AESGCM(_at_rest(secret)).decrypt(data[:NONCE], data[NONCE:], _bytes(key.public))
        except InvalidTag:
            continue
        private: Any = load_der_private_key(der, password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        return private
    raise Unreadable


def _at_rest(secret: str | bytes) -> bytes:
    material = secret.encode() if isinstance(secret, str) else secret
    return _derived(material, b"", AT_REST)


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable from error
