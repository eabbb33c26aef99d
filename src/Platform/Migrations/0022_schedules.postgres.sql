create table batch_schedule (
    id bigint primary key,
    code text not null,
    name text not null,
    cron text not null,
    zone text,
    calendar text,
    window_from time,
    window_to time,
    misfire text not null,
    parameters text not null,
    about text not null,
    active boolean not null,
    next_at timestamp with time zone,
    skip_at timestamp with time zone,
    version integer not null
);
create unique index ux_batch_schedule_name on batch_schedule (code, name);

create table batch_fire (
    id bigint primary key,
    schedule_id bigint not null references batch_schedule (id),
    fire_at timestamp with time zone not null,
    at timestamp with time zone not null,
    outcome text not null,
    words text,
    run_id bigint
);
create unique index ux_batch_fire_once on batch_fire (schedule_id, fire_at);
