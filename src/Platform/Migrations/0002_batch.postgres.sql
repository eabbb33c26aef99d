create table batch_run (
    id bigint primary key,
    code text not null,
    number integer not null,
    business_on date not null,
    parameters text not null,
    state text not null,
    started_by text not null,
    position bigint not null,
    done bigint not null,
    skipped bigint not null,
    message text,
    created_at timestamp with time zone not null,
    finished_at timestamp with time zone,
    version integer not null
);
create unique index ux_batch_run_number on batch_run (code, number);
create index ix_batch_run_created on batch_run (created_at, id);
