create table to_do_type (
    id bigint primary key,
    code text not null,
    name text not null,
    default_priority integer not null,
    default_role_id bigint references to_do_role (id),
    active boolean not null,
    version integer not null
);
create unique index ux_to_do_type_code on to_do_type (code);

create table to_do (
    id bigint primary key,
    type_code text not null,
    state text not null,
    priority integer not null,
    subject text not null,
    employee_id bigint references employee (id),
    role_id bigint references to_do_role (id),
    addressed_to text not null,
    worked_by_id bigint references employee (id),
    worked_by text,
    due_on date not null,
    due_at timestamp with time zone,
    until_at timestamp with time zone,
    person_id bigint,
    account_id bigint,
    premise_id bigint,
    contact_id bigint,
    cause text,
    created_by text not null,
    created_at timestamp with time zone not null,
    completed_by text,
    completed_at timestamp with time zone,
    resolution text,
    version integer not null
);
create unique index ux_to_do_cause on to_do (cause);
create index ix_to_do_employee on to_do (employee_id, due_on, id) where state <> 'Complete';
create index ix_to_do_role on to_do (role_id, due_on, id) where state <> 'Complete';
create index ix_to_do_worked on to_do (worked_by_id, due_on, id) where state <> 'Complete';
create index ix_to_do_role_priority on to_do (role_id, priority, due_on, id) where state <> 'Complete';
create index ix_to_do_due on to_do (due_on, id) where state <> 'Complete';
create index ix_to_do_priority on to_do (priority, due_on, id) where state <> 'Complete';
create index ix_to_do_age on to_do (created_at, id) where state <> 'Complete';
create index ix_to_do_employee_done on to_do (employee_id, completed_at, id) where state = 'Complete';
create index ix_to_do_role_done on to_do (role_id, completed_at, id) where state = 'Complete';
create index ix_to_do_worked_done on to_do (worked_by_id, completed_at, id) where state = 'Complete';
create index ix_to_do_done on to_do (completed_at, id) where state = 'Complete';
create index ix_to_do_person on to_do (person_id, id);
create index ix_to_do_contact on to_do (contact_id);

create table to_do_log (
    id bigint primary key,
    to_do_id bigint not null references to_do (id),
    at timestamp with time zone not null,
    author text not null,
    action text not null,
    body text
);
create index ix_to_do_log_to_do on to_do_log (to_do_id, id);
