create table shift_pattern (
    id bigint primary key,
    code text not null,
    name text not null,
    calendar_id bigint not null references business_calendar (id),
    works_closed boolean not null,
    week text not null,
    active boolean not null,
    version integer not null
);
create unique index ux_shift_pattern_code on shift_pattern (code);
create index ix_shift_pattern_calendar on shift_pattern (calendar_id);

create table shift_assignment (
    id bigint primary key,
    employee_id bigint not null references employee (id),
    pattern_id bigint references shift_pattern (id),
    from_on date not null,
    version integer not null
);
create unique index ux_shift_assignment_day on shift_assignment (employee_id, from_on);
create index ix_shift_assignment_pattern on shift_assignment (pattern_id);

create table shift_exception (
    id bigint primary key,
    employee_id bigint not null references employee (id),
    falls_on date not null,
    from_at time,
    to_at time,
    reason text not null,
    cancelled_at timestamp with time zone,
    version integer not null
);
create unique index ux_shift_exception_day on shift_exception (employee_id, falls_on) where cancelled_at is null;
