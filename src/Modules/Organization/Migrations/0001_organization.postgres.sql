create table department (
    id bigint primary key,
    code text not null,
    name text not null,
    parent_id bigint references department (id),
    active boolean not null,
    version integer not null
);
create unique index ux_department_code on department (code);

create table position (
    id bigint primary key,
    code text not null,
    title text not null,
    active boolean not null,
    version integer not null
);
create unique index ux_position_code on position (code);

create table employee (
    id bigint primary key,
    number text not null,
    name text not null,
    name_key text not null,
    department_id bigint not null references department (id),
    position_id bigint not null references position (id),
    email text,
    phone text,
    hired_on date not null,
    left_on date,
    version integer not null
);
create unique index ux_employee_number on employee (number);
create index ix_employee_name on employee (name_key, id);
create index ix_employee_department on employee (department_id);

create table skill (
    id bigint primary key,
    code text not null,
    name text not null,
    active boolean not null,
    version integer not null
);
create unique index ux_skill_code on skill (code);

create table employee_skill (
    employee_id bigint not null references employee (id),
    skill_id bigint not null references skill (id),
    level integer not null,
    primary key (employee_id, skill_id)
);
create index ix_employee_skill_skill on employee_skill (skill_id);

create table to_do_role (
    id bigint primary key,
    code text not null,
    name text not null,
    description text not null,
    active boolean not null,
    version integer not null
);
create unique index ux_to_do_role_code on to_do_role (code);

create table to_do_role_member (
    to_do_role_id bigint not null references to_do_role (id),
    employee_id bigint not null references employee (id),
    primary key (to_do_role_id, employee_id)
);
create index ix_to_do_role_member_employee on to_do_role_member (employee_id);

create table absence (
    id bigint primary key,
    employee_id bigint not null references employee (id),
    from_on date not null,
    to_on date not null,
    reason text not null,
    deputy_id bigint references employee (id),
    cancelled_at timestamp with time zone,
    version integer not null
);
create index ix_absence_employee on absence (employee_id, to_on);

create table business_calendar (
    id bigint primary key,
    code text not null,
    name text not null,
    work_days text not null,
    opens_at time not null,
    closes_at time not null,
    version integer not null
);
create unique index ux_business_calendar_code on business_calendar (code);

create table holiday (
    id bigint primary key,
    calendar_id bigint not null references business_calendar (id),
    falls_on date not null,
    name text not null,
    version integer not null
);
create unique index ux_holiday_day on holiday (calendar_id, falls_on);
