"""A passkey as a browser would have registered it, which nobody can sign in with."""

import hashlib

from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

CREDENTIAL_ID = b"a credential"
FLAGS = AuthenticatorData.FLAG


def credential(host="testserver"):
    """What allauth keeps of it: the answer of the browser to a registration."""
    key = ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    kept = AttestedCredentialData.create(bytes(16), CREDENTIAL_ID, key)
    flags = FLAGS.UP | FLAGS.UV | FLAGS.AT
    seen = AuthenticatorData.create(hashlib.sha256(host.encode()).digest(), flags, 0, kept)
    told = CollectedClientData.create("webauthn.create", b"challenge", f"https://{host}")
    name = websafe_encode(CREDENTIAL_ID)
    response = {
        "clientDataJSON": websafe_encode(told),
        "attestationObject": websafe_encode(AttestationObject.create("none", seen, {})),
    }
    return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
