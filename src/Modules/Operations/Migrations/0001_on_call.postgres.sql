create table on_call_duty (
    id bigint primary key,
    employee_id bigint not null,
    level integer not null,
    from_at timestamp with time zone not null,
    to_at timestamp with time zone not null,
    version integer not null
);
create index ix_on_call_duty_level on on_call_duty (level, to_at);

create table notice (
    id bigint primary key,
    cause text not null,
    subject text not null,
    text text not null,
    severity text not null,
    raised_at timestamp with time zone not null,
    level integer not null,
    employee_id bigint,
    turn integer not null,
    addressed_at timestamp with time zone not null,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    settled_at timestamp with time zone,
    settled_because text,
    version integer not null
);
create unique index ux_notice_cause on notice (cause);
create index ix_notice_settled on notice (settled_at, raised_at);

create table notice_step (
    id bigint primary key,
    notice_id bigint not null references notice (id),
    at timestamp with time zone not null,
    by text not null,
    kind text not null,
    level integer not null,
    employee_id bigint,
    comment text
);
create index ix_notice_step_notice on notice_step (notice_id);
