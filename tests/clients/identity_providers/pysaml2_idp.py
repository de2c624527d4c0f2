#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An identity provider of Debian's python3-pysaml2 on a loopback port, for one person who need not be asked.

Usage: pysaml2_idp.py PORT FOLDER [SCHEME], where FOLDER holds idp.key and idp.crt, and sp.xml before the first message comes.
SCHEME is that of its addresses where others see TLS before it; it speaks http itself.
  GET /metadata                     its metadata
  GET|POST /sso                     answers an AuthnRequest at once
  GET|POST /slo                     LogoutRequest and LogoutResponse
  GET /begin-logout?binding=…       a LogoutRequest to the service provider, for the newest login
  GET /last                         what it thinks of the last LogoutResponse, as JSON
"""
import functools
import http.server
import json
import pathlib
import sys
import urllib.parse

import saml2.assertion
import saml2.entity
import saml2.sigver
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.s_utils import rndstr
from saml2.saml import NAMEID_FORMAT_TRANSIENT, NAME_FORMAT_URI, NameID
from saml2.server import Server

PORT, FOLDER = int(sys.argv[1]), pathlib.Path(sys.argv[2])
ORIGIN = f"{sys.argv[3] if len(sys.argv) > 3 else 'http'}://localhost:{PORT}"
LOA2 = "http://ftn.ficora.fi/2017/loa2"
# Not its own choice of 3DES, which we refuse: what Suomi.fi does.
AES_GCM = "http://www.w3.org/2009/xmlenc11#aes128-gcm"
saml2.entity.pre_encryption_part = functools.partial(saml2.sigver.pre_encryption_part, msg_enc=AES_GCM)
encrypt = saml2.sigver.CryptoBackendXmlSec1.encrypt_assertion
saml2.sigver.CryptoBackendXmlSec1.encrypt_assertion = lambda self, statement, key, template, key_type, *more: encrypt(
    self, statement, key, template, "aes-128", *more)

# It tells nobody how it calls a session.
sessions = []


def name_session(make=saml2.assertion.sid):
    sessions.append(make())
    return sessions[-1]


saml2.assertion.sid = name_session

BINDINGS = {"redirect": BINDING_HTTP_REDIRECT, "post": BINDING_HTTP_POST}
SHA256 = {"signing_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256"}
CONFIG = {
    "entityid": f"{ORIGIN}/idp",
    "key_file": str(FOLDER / "idp.key"), "cert_file": str(FOLDER / "idp.crt"), "xmlsec_binary": "/usr/bin/xmlsec1",
    **SHA256,
    "service": {"idp": {
        "endpoints": {
            "single_sign_on_service": [(f"{ORIGIN}/sso", binding) for binding in BINDINGS.values()],
            "single_logout_service": [(f"{ORIGIN}/slo", binding) for binding in BINDINGS.values()],
        },
        "sign_assertion": True, "sign_response": True, "encrypt_assertion": True,
        # It looks for a signature inside the message, also of a query, which has its own: query_holds().
        "want_authn_requests_signed": False,
        "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None, "name_form": NAME_FORMAT_URI}},
        "name_id_format": [NAMEID_FORMAT_TRANSIENT], **SHA256,
    }},
}
PERSON = {
    "urn:oid:1.2.246.21": "210281-9988", "urn:oid:2.5.4.4": "Demo", "urn:oid:2.5.4.42": "Maija",
    # Of the population register, which was asked.
    "urn:oid:1.2.246.517.3002.111.2": "true",
    "urn:oid:1.2.246.517.2002.2.18": "638", "urn:oid:1.2.246.517.2002.2.19": "Porvoo",
    "urn:oid:1.2.246.517.2002.2.4": "Jokikatu 12", "urn:oid:1.2.246.517.2002.2.6": "06100", "urn:oid:1.2.246.517.2002.2.7": "PORVOO",
}


@functools.lru_cache
def server():
    config = {**CONFIG, "metadata": {"local": [str(FOLDER / "sp.xml")]}}
    return Server(config=IdPConfig().load(config))


class Idp(http.server.BaseHTTPRequestHandler):
    newest = None  # (NameID, SessionIndex, the service provider's id)
    last = {}

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        self.answer(address.path, dict(urllib.parse.parse_qsl(address.query)), BINDING_HTTP_REDIRECT)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(urllib.parse.urlsplit(self.path).path, dict(urllib.parse.parse_qsl(body)), BINDING_HTTP_POST)

    def answer(self, path, fields, binding):
        pages = {"/metadata": self.metadata, "/sso": self.sign_on, "/slo": self.log_out, "/begin-logout": self.begin_logout, "/last": self.tell}
        pages[path](fields, binding)

    def metadata(self, *_):
        from saml2.metadata import create_metadata_string
        self.show(create_metadata_string(None, IdPConfig().load(CONFIG)), "application/samlmetadata+xml")

    def sign_on(self, fields, binding):
        request = server().parse_authn_request(fields["SAMLRequest"], binding)
        checked = binding == BINDING_HTTP_POST or self.query_holds(fields, "SAMLRequest", request.message.issuer.text)
        if not checked:
            return self.show("the signature does not hold", status=403)
        about = server().response_args(request.message, bindings=[BINDING_HTTP_POST])
        name_id = NameID(format=NAMEID_FORMAT_TRANSIENT, name_qualifier=CONFIG["entityid"], sp_name_qualifier=about["sp_entity_id"], text=rndstr(60))
        response = server().create_authn_response(
            PERSON, userid="maija", name_id=name_id, authn={"class_ref": LOA2, "authn_auth": CONFIG["entityid"]},
            sign_assertion=True, sign_response=True, encrypt_assertion=True, encrypted_advice_attributes=False,
            in_response_to=about["in_response_to"], destination=about["destination"], sp_entity_id=about["sp_entity_id"])
        Idp.newest = (name_id, sessions[-1], about["sp_entity_id"])
        self.leave(BINDING_HTTP_POST, response, about["destination"], fields.get("RelayState", ""), response=True)

    def log_out(self, fields, binding):
        if "SAMLResponse" in fields:
            sp = Idp.newest[2]
            answer = server().parse_logout_request_response(fields["SAMLResponse"], binding).response
            held = binding == BINDING_HTTP_POST or self.query_holds(fields, "SAMLResponse", sp)
            second = answer.status.status_code.status_code
            Idp.last = {"status": answer.status.status_code.value, "second": second.value if second else "", "signed": held,
                        "relay_state": fields.get("RelayState", "")}
            return self.show("done")
        request = server().parse_logout_request(fields["SAMLRequest"], binding).message
        held = binding == BINDING_HTTP_POST or self.query_holds(fields, "SAMLRequest", request.issuer.text)
        mine = Idp.newest and request.name_id.text == Idp.newest[0].text and request.session_index[0].text == Idp.newest[1]
        if not held or not mine:
            return self.show("not a session of mine", status=403)
        response = server().create_logout_response(request, [binding], sign=binding == BINDING_HTTP_POST)
        destination = response.destination if hasattr(response, "destination") else server().response_args(request, [binding])["destination"]
        self.leave(binding, response, destination, fields.get("RelayState", ""), response=True)

    def begin_logout(self, fields, _):
        binding = BINDINGS[fields["binding"]]
        name_id, session, sp = Idp.newest
        destination = server().metadata.single_logout_service(sp, binding, "spsso")[0]["location"]
        made = server().create_logout_request(destination, sp, name_id=name_id, session_indexes=[session], sign=binding == BINDING_HTTP_POST)
        request = made[1] if isinstance(made, tuple) else made
        self.leave(binding, request, destination, "keep.this", response=False)

    def tell(self, *_):
        self.show(json.dumps(Idp.last), "application/json")

    def query_holds(self, fields, kind, entity):
        """pysaml2 leaves the detached signature of a query to its user."""
        certificates = server().metadata.certs(entity, "any", "signing")
        origin = {name: fields[name] for name in (kind, "RelayState", "SigAlg", "Signature") if name in fields}
        return any(saml2.sigver.verify_redirect_signature(origin, server().sec.sec_backend, cert) for cert in certificates)

    def leave(self, binding, message, destination, relay_state, response):
        args = server().apply_binding(binding, str(message), destination, relay_state, response=response, sign=True, sigalg=SHA256["signing_algorithm"])
        if binding == BINDING_HTTP_REDIRECT:
            self.send_response(303)
            self.send_header("Location", dict(args["headers"])["Location"])
            return self.end_headers()
        self.show(args["data"])

    def show(self, text, media_type="text/html; charset=utf-8", status=200):
        data = text if isinstance(text, bytes) else str(text).encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Idp).serve_forever()
