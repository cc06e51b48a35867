"""Every call of the API, one row each: the application, its OpenAPI description and the test of the roles are made from these."""

from collections.abc import Mapping, Sequence

from connectors.http import checking, documents, feed, inbox, legacy_edoc, legacy_lists, shapes
from connectors.http.calls import Answer, Answering, Call, Parameter, Schema
from connectors.http.shapes import header, old

EDXML = dict.fromkeys(documents.MEDIA_TYPES, shapes.BYTES)
OCTETS = {"application/octet-stream": shapes.BYTES}
LIMIT = Parameter(name="limit", says="at most so many", schema=shapes.whole(inbox.MOST_ITEMS))
STREAM = Answer(says="events, or a stream of them with `Accept: text/event-stream`", schema=shapes.EVENTS)

MODERN = (
    Call(
        method="POST", path="/v1/documents", does="hand a packet over", answer=documents.submit,
        parameters=(shapes.KEY, shapes.WAIT, shapes.DIGEST_OF_BODY), body=EDXML,
        answers={
            "202": Answer(says="handed over; ask at `status_url`", schema=shapes.HANDED),
            "200": Answer(says="it was before: the first outcome", schema=shapes.HANDED),
        },
    ),
    Call(
        method="GET", path="/v1/documents", does="stories by document id", answer=documents.by_document_id,
        parameters=(Parameter(name="document_id", says="OrganId,yyyy/MM/dd,number/notation or UUID", schema=shapes.TEXT, needed=True),),
        answers={"200": Answer(says="of every packet under it", schema=shapes.STORIES)},
    ),
    Call(
        method="GET", path="/v1/documents/{digest}", does="what became of a packet; who owes what by when",
        answer=documents.by_digest, parameters=(shapes.BY_DIGEST, shapes.WAIT),
        answers={"200": Answer(says="its state and stories", schema=shapes.HANDED)},
    ),
    Call(
        method="POST", path="/v1/preflight", does="would a packet arrive, and what would be owed then; nothing is sent",
        answer=checking.preflight, parameters=(shapes.DIGEST_OF_BODY,), body=EDXML,
        answers={"200": Answer(says="all that would become of it", schema=shapes.FORECAST)},
    ),
    Call(
        method="GET", path="/v1/inbox", does="what waits", answer=inbox.waiting, parameters=(shapes.AGENCY, LIMIT),
        answers={"200": Answer(says="the oldest first", schema=shapes.INBOX)},
    ),
    Call(
        method="POST", path="/v1/leases", does="lease deliveries for a worker", answer=inbox.lease,
        body={"application/json": shapes.LEASE}, body_needed=False,
        answers={"200": Answer(says="nobody else gets them for `seconds`", schema=shapes.LEASED)},
    ),
    Call(
        method="GET", path="/v1/inbox/{delivery_id}", does="fetch a packet", answer=inbox.fetch,
        parameters=(shapes.BY_DELIVERY,), answers={"200": shapes.PACKET},
    ),
    Call(
        method="POST", path="/v1/inbox/{delivery_id}/receipt", does="confirm a packet by its digest",
        answer=inbox.confirm, parameters=(shapes.BY_DELIVERY,), body={"application/json": shapes.CONFIRM},
        answers={"200": Answer(says="received", schema=shapes.CONFIRMED)},
    ),
    Call(
        method="POST", path="/v1/inbox/{delivery_id}/status", does="say a status about a delivery", answer=inbox.say,
        parameters=(shapes.BY_DELIVERY, shapes.KEY, shapes.WAIT), body={"application/json": shapes.SAY},
        answers={
            "202": Answer(says="handed over", schema=shapes.SAID),
            "200": Answer(says="it was said before", schema=shapes.SAID),
        },
    ),
    Call(
        method="GET", path="/v1/owes", does="who owes what by when", answer=inbox.owes, parameters=(shapes.AGENCY,),
        answers={"200": Answer(says="the earliest deadline first", schema=shapes.OWED)},
    ),
    Call(
        method="GET", path="/v1/events", does="what happened since a position", answer=feed.events,
        parameters=(
            Parameter(name="after", says="a position, or `now`; the beginning otherwise", schema=shapes.TEXT),
            Parameter(name="Last-Event-ID", says="the same, as a browser sends it", schema=shapes.TEXT, where="header"),
        ),
        answers={"200": STREAM},
    ),
)  # fmt: skip

KIND = header("messagetype", "documents or statuses", "edoc", "status")
DOC_ID = header("docId", "of what waits")
ROWS = shapes.listed(shapes.PLAIN)


def _old(
    method: str, path: str, does: str, answer: Answering, answers: Mapping[str, Answer], *parameters: Parameter,
    body: Mapping[str, Schema] | None = None,
) -> Call:  # fmt: skip
    return Call(
        method=method, path=path, does=does, answer=answer, answers=answers, parameters=parameters,
        body=body or {}, old=True,
    )  # fmt: skip


SEND = (
    header("from", "the sending agency"),
    KIND,
    header("hash-file", "SHA-256 of the body, hex", pattern="^[0-9a-fA-F]{64}$"),
    header("servicetype", "eDoc", "eDoc", needed=False),
)
STATE = header("status", "how far it is", "processing", "done", "fail")
LEVEL = header("level", "of the agencies; all otherwise", needed=False)

LEGACY = (
    _old("POST", "/sendEdoc", "hand a packet over", legacy_edoc.send, old(DocId=shapes.SHA256), *SEND, body=OCTETS),
    _old("POST", "/getReceivedEdocList", "what waits", legacy_edoc.received, old(data=ROWS), KIND),
    _old("POST", "/getEdoc", "fetch a packet in base64", legacy_edoc.get, old(data=shapes.TEXT), DOC_ID),
    _old("GET", "/downloadEdoc", "fetch a packet", legacy_edoc.download, old(), DOC_ID),
    _old("POST", "/updateStatus", "acknowledge the transport", legacy_edoc.update, old(), header("docid", "of what waits"), STATE),
    _old("POST", "/getSentEdocList", "what became of what was sent", legacy_lists.sent, old(data=ROWS), header("docId", "of one packet", needed=False)),
    _old("GET", "/countReceiveEdoc", "how many documents wait", legacy_edoc.count_documents, old(count=shapes.WHOLE)),
    _old("GET", "/countReceiveStatus", "how many statuses wait", legacy_edoc.count_statuses, old(count=shapes.WHOLE)),
    _old("POST", "/getAgenciesList", "agencies by QCVN 102", legacy_lists.agencies, old(data=ROWS), LEVEL),
    _old("POST", "/getAgenciesListQD20", "agencies by QĐ 20", legacy_lists.agencies_qd20, old(data=ROWS), LEVEL),
    _old("POST", "/getSynchronizeUnit", "agencies with versions", legacy_lists.units, old(data=ROWS), LEVEL),
    _old("POST", "/registerAgency", "refused: the operator keeps the directory", legacy_lists.not_here, old()),
    _old("POST", "/deleteAgency", "refused: the operator keeps the directory", legacy_lists.not_here, old()),
)  # fmt: skip
CALLS: Sequence[Call] = (*MODERN, *LEGACY)
