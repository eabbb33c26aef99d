create table batch_run (
    id integer primary key,
    code text not null,
    number integer not null,
    business_on text not null,
    parameters text not null,
    state text not null,
    started_by text not null,
    position integer not null,
    done integer not null,
    skipped integer not null,
    message text,
    created_at text not null,
    finished_at text,
    version integer not null
);
create unique index ux_batch_run_number on batch_run (code, number);
create index ix_batch_run_created on batch_run (created_at, id);
