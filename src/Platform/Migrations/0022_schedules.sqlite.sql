create table batch_schedule (
    id integer primary key,
    code text not null,
    name text not null,
    cron text not null,
    zone text,
    calendar text,
    window_from text,
    window_to text,
    misfire text not null,
    parameters text not null,
    about text not null,
    active integer not null,
    next_at text,
    skip_at text,
    version integer not null
);
create unique index ux_batch_schedule_name on batch_schedule (code, name);

create table batch_fire (
    id integer primary key,
    schedule_id integer not null references batch_schedule (id),
    fire_at text not null,
    at text not null,
    outcome text not null,
    words text,
    run_id integer
);
create unique index ux_batch_fire_once on batch_fire (schedule_id, fire_at);
