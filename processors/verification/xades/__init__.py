"""Signatures in XML attachments (XMLDSig, XAdES EN 319 132-1): enveloped, enveloping, or detached over other attachments.

scanning      which attachments hold signatures: every one of them is judged
form          one Signature as it is written
targets       what its references are to; nothing is ever fetched
coverage      whether anything in the file is left that nobody signed
properties    what XAdES adds: which certificate, when, a time-stamp
signature     one signature judged
attachments   all of a packet, and what each is over
"""
