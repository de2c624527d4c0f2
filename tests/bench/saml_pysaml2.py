#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""python3-pysaml2 reads the message of saml_bench again and again: verifies, decrypts, verifies, checks. Prints JSON like saml_bench;
the CPU time is its own and that of the xmlsec1 processes it starts.

Usage: saml_pysaml2.py FOLDER FACTS, where FACTS is what saml_bench printed.
"""
import base64
import json
import pathlib
import resource
import sys

from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig

folder, facts = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2])
certificate = "".join((folder / "idp.crt").read_text().splitlines()[1:-1])
(folder / "idp.xml").write_text(
    f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{facts["idp_entity_id"]}"><IDPSSODescriptor '
    'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo '
    f'xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>'
    '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>'
    "</IDPSSODescriptor></EntityDescriptor>")
pair = {"key_file": str(folder / "sp.key"), "cert_file": str(folder / "sp.crt")}
client = Saml2Client(config=SPConfig().load({
    "entityid": facts["entity_id"], "xmlsec_binary": "/usr/bin/xmlsec1", **pair, "encryption_keypairs": [pair], "allow_unknown_attributes": True,
    "metadata": {"local": [str(folder / "idp.xml")]},
    "service": {"sp": {"endpoints": {"assertion_consumer_service": [(facts["acs_url"], BINDING_HTTP_POST)]}, "want_response_signed": True,
                       "want_assertions_signed": True, "allow_unsolicited": False}},
}))
message = base64.b64encode((folder / "response.xml").read_bytes()).decode()


def read():
    answer = client.parse_authn_request_response(message, BINDING_HTTP_POST, outstanding={"_r1": "/"})
    identity = [value for values in answer.ava.values() for value in values]
    assert "210281-9988" in identity, identity


def cpu_seconds():
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


read()
begin, rounds = cpu_seconds(), 0
while cpu_seconds() - begin < 3:
    read()
    rounds += 1
print(json.dumps({"accepted_us": (cpu_seconds() - begin) / rounds * 1e6}))
