create table incoming_document (
    id bigint primary key,
    reference text not null,
    file_id bigint not null references file (id),
    name text not null,
    kind text not null,
    length bigint not null,
    sha256 text not null,
    source text not null,
    received_at timestamp with time zone not null,
    state text not null,
    why text,
    risk text,
    claimed_by text,
    claimed_until_at timestamp with time zone,
    contact_id bigint,
    indexed_by text,
    indexed_at timestamp with time zone,
    version integer not null
);
create unique index ux_incoming_document_reference on incoming_document (reference);
create unique index ux_incoming_document_sha256 on incoming_document (sha256);
create index ix_incoming_document_state on incoming_document (state, received_at, id);
