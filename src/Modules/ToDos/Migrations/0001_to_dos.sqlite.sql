create table to_do_type (
    id integer primary key,
    code text not null,
    name text not null,
    default_priority integer not null,
    default_role_id integer references to_do_role (id),
    active integer not null,
    version integer not null
);
create unique index ux_to_do_type_code on to_do_type (code);

create table to_do (
    id integer primary key,
    type_code text not null,
    state text not null,
    priority integer not null,
    subject text not null,
    employee_id integer references employee (id),
    role_id integer references to_do_role (id),
    addressed_to text not null,
    worked_by_id integer references employee (id),
    worked_by text,
    due_on text not null,
    due_at text,
    until_at text,
    person_id integer,
    account_id integer,
    premise_id integer,
    contact_id integer,
    cause text,
    created_by text not null,
    created_at text not null,
    completed_by text,
    completed_at text,
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
    id integer primary key,
    to_do_id integer not null references to_do (id),
    at text not null,
    author text not null,
    action text not null,
    body text
);
create index ix_to_do_log_to_do on to_do_log (to_do_id, id);
