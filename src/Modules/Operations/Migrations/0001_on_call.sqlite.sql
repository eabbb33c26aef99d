create table on_call_duty (
    id integer primary key,
    employee_id integer not null,
    level integer not null,
    from_at text not null,
    to_at text not null,
    version integer not null
);
create index ix_on_call_duty_level on on_call_duty (level, to_at);

create table notice (
    id integer primary key,
    cause text not null,
    subject text not null,
    text text not null,
    severity text not null,
    raised_at text not null,
    level integer not null,
    employee_id integer,
    turn integer not null,
    addressed_at text not null,
    acknowledged_at text,
    acknowledged_by text,
    settled_at text,
    settled_because text,
    version integer not null
);
create unique index ux_notice_cause on notice (cause);
create index ix_notice_settled on notice (settled_at, raised_at);

create table notice_step (
    id integer primary key,
    notice_id integer not null references notice (id),
    at text not null,
    by text not null,
    kind text not null,
    level integer not null,
    employee_id integer,
    comment text
);
create index ix_notice_step_notice on notice_step (notice_id);
