create table shift_pattern (
    id integer primary key,
    code text not null,
    name text not null,
    calendar_id integer not null references business_calendar (id),
    works_closed integer not null,
    week text not null,
    active integer not null,
    version integer not null
);
create unique index ux_shift_pattern_code on shift_pattern (code);
create index ix_shift_pattern_calendar on shift_pattern (calendar_id);

create table shift_assignment (
    id integer primary key,
    employee_id integer not null references employee (id),
    pattern_id integer references shift_pattern (id),
    from_on text not null,
    version integer not null
);
create unique index ux_shift_assignment_day on shift_assignment (employee_id, from_on);
create index ix_shift_assignment_pattern on shift_assignment (pattern_id);

create table shift_exception (
    id integer primary key,
    employee_id integer not null references employee (id),
    falls_on text not null,
    from_at text,
    to_at text,
    reason text not null,
    cancelled_at text,
    version integer not null
);
create unique index ux_shift_exception_day on shift_exception (employee_id, falls_on) where cancelled_at is null;
