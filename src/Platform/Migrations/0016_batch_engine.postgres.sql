create table batch_control (
    id bigint primary key,
    code text not null,
    process text not null,
    description text not null,
    parameters text not null,
    threads integer not null,
    records integer not null,
    max_errors integer not null,
    may_overlap boolean not null,
    after text not null,
    notify_role text,
    over_by time,
    longest_minutes integer,
    active boolean not null,
    next_run integer not null,
    version integer not null
);
create unique index ux_batch_control_code on batch_control (code);

create table batch_chunk (
    id bigint primary key,
    run_id bigint not null references batch_run (id),
    number integer not null,
    after_key bigint not null,
    up_to_key bigint not null,
    position bigint not null,
    state text not null,
    selected bigint,
    done bigint not null,
    skipped bigint not null,
    errors integer not null,
    job_id bigint,
    node text,
    attempts integer not null,
    tries integer not null,
    started_at timestamp with time zone,
    finished_at timestamp with time zone
);
create unique index ux_batch_chunk_number on batch_chunk (run_id, number);

-- What runs did so far is counted by one chunk each.
insert into batch_chunk (id, run_id, number, after_key, up_to_key, position, state, done, skipped, errors, attempts, tries, started_at, finished_at)
select id, id, 1, 0, 9223372036854775807, position, case when state = 'Completed' then 'Done' else 'Waiting' end, done, skipped, 0, 1, 0, created_at, finished_at from batch_run;

alter table batch_run add column threads integer not null default 1;
alter table batch_run add column records integer not null default 1000;
alter table batch_run add column max_errors integer not null default 100;
alter table batch_run add column waits boolean not null default false;
alter table batch_run add column failure_id bigint;
alter table batch_run add column started_at timestamp with time zone;
update batch_run set started_at = created_at;
alter table batch_run drop column position;
alter table batch_run drop column done;
alter table batch_run drop column skipped;
create index ix_batch_run_day on batch_run (business_on, code);

create table batch_error (
    id bigint primary key,
    run_id bigint not null references batch_run (id),
    chunk_id bigint not null,
    record_key bigint not null,
    about text not null,
    message text not null,
    at timestamp with time zone not null,
    retried_at timestamp with time zone,
    resolved_at timestamp with time zone,
    resolved_by_run_id bigint
);
create index ix_batch_error_run on batch_error (run_id, record_key);
create index ix_batch_error_open on batch_error (resolved_at, record_key);

create table batch_pace (
    id bigint primary key,
    run_id bigint not null references batch_run (id),
    at timestamp with time zone not null,
    records integer not null
);
create index ix_batch_pace_run on batch_pace (run_id, at);
create index ix_batch_pace_at on batch_pace (at);
