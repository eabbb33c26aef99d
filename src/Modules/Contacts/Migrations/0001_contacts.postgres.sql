create table contact_class (
    id bigint primary key,
    code text not null,
    name text not null,
    active boolean not null,
    version integer not null
);
create unique index ux_contact_class_code on contact_class (code);

create table contact_type (
    id bigint primary key,
    class_id bigint not null references contact_class (id),
    code text not null,
    name text not null,
    shorthand text,
    default_text text,
    default_direction text not null,
    person_rule text not null,
    account_rule text not null,
    premise_rule text not null,
    stays_open boolean not null,
    default_role_id bigint references to_do_role (id),
    translations text,
    from_on date not null,
    to_on date,
    version integer not null
);
create unique index ux_contact_type_code on contact_type (code);
create unique index ux_contact_type_shorthand on contact_type (shorthand);
create index ix_contact_type_class on contact_type (class_id);

create table contact_type_characteristic (
    id bigint primary key,
    type_id bigint not null references contact_type (id),
    code text not null,
    label text not null,
    kind text not null,
    required boolean not null,
    choices text,
    position integer not null
);
create unique index ux_contact_type_characteristic on contact_type_characteristic (type_id, code);

create table contact (
    id bigint primary key,
    reference text not null,
    type_id bigint not null references contact_type (id),
    person_id bigint references person (id),
    account_id bigint references account (id),
    premise_id bigint references premise (id),
    channel text not null,
    direction text not null,
    status text not null,
    occurred_at timestamp with time zone not null,
    recorded_at timestamp with time zone not null,
    recorded_by text not null,
    closed_at timestamp with time zone,
    characteristics text,
    source text,
    external_key text,
    version integer not null
);
create unique index ux_contact_reference on contact (reference);
create unique index ux_contact_external on contact (source, external_key);
create index ix_contact_person_open on contact (person_id, id) where status = 'Open';
create index ix_contact_person on contact (person_id, occurred_at, id);
create index ix_contact_account on contact (account_id, occurred_at, id);
create index ix_contact_open on contact (occurred_at, id) where status = 'Open';
create index ix_contact_premise on contact (premise_id, occurred_at, id);
create index ix_contact_occurred on contact (occurred_at, id);

create table contact_log (
    id bigint primary key,
    contact_id bigint not null references contact (id),
    at timestamp with time zone not null,
    author text not null,
    kind text not null,
    body text not null,
    records text
);
create index ix_contact_log_contact on contact_log (contact_id, id);

create table reminder (
    id bigint primary key,
    contact_id bigint not null references contact (id),
    log_id bigint not null references contact_log (id),
    employee_id bigint references employee (id),
    role_id bigint references to_do_role (id),
    addressed_to text not null,
    trigger_on date not null,
    from_time time,
    to_time time,
    phone text,
    body text not null,
    state text not null,
    resolved_by text,
    resolved_at timestamp with time zone,
    resolution text,
    version integer not null
);
create index ix_reminder_contact on reminder (contact_id, id);
create index ix_reminder_waiting on reminder (id) where state = 'Waiting';
create index ix_reminder_trigger on reminder (trigger_on, id) where state = 'Waiting';
