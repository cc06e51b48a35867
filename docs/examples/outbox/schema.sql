-- The outbox of a document system, in its own PostgreSQL (12 or later). Column names as Debezium's outbox event router has them;
-- the relay of the axis needs seq, handed_over_at, receipt and refusal besides.
create table if not exists outbox (
    id             uuid primary key default gen_random_uuid(),  -- names the packet's file: never use one twice
    aggregatetype  text not null default 'document',
    aggregateid    text not null,      -- what keeps its order: the document, with its statuses and recalls
    type           text not null default 'document',            -- for you; the axis reads it in the packet
    payload        bytea,              -- the edXML packet; jsonb is taken too: {"edxml": "BASE64"}
    "timestamp"    timestamptz not null default now(),
    seq            bigint generated always as identity,         -- order of writing
    handed_over_at timestamptz,        -- the relay: intake took it
    receipt        jsonb,              -- the relay: what intake answered
    refusal        jsonb               -- the relay: code, element, sentence_vi, who_must_act
);

create index if not exists outbox_open on outbox (aggregateid, seq) where handed_over_at is null and refusal is null;
create index if not exists outbox_order on outbox (seq) where handed_over_at is null and refusal is null;

-- The relay's own login needs no more than this (delete only with LIENTHONG_OUTBOX_DELETE=true):
--   create role relay login;
--   grant select, update, delete on outbox to relay;
