"""Names and algorithms of XML signatures that are known; any other is refused, none is taken for "nothing to do"."""

DS = "http://www.w3.org/2000/09/xmldsig#"
OWN = frozenset({DS, "http://www.w3.org/2009/xmldsig11#"})
"""Namespaces of what stands in a signature."""

XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNATURE = f"{{{DS}}}Signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DS}enveloped-signature"
DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
METHODS = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": ("rsassa_pkcs1v15", "sha256"),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": ("rsassa_pkcs1v15", "sha384"),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": ("rsassa_pkcs1v15", "sha512"),
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": ("ecdsa", "sha256"),
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": ("ecdsa", "sha384"),
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512": ("ecdsa", "sha512"),
}
"""Signature method -> mechanism and digest."""

MAX_REFERENCES = 128
IDS = frozenset({"Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"})
"""What any library takes for an Id."""
