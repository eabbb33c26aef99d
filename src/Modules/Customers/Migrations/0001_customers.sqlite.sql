create table person (
    id integer primary key,
    reference text not null,
    kind text not null,
    display_name text not null,
    sort_name text not null,
    born_on text,
    language text not null,
    interpreter integer not null,
    relay integer not null,
    large_print integer not null,
    needs_time integer not null,
    life_support integer not null,
    sensitive_load integer not null,
    preferred_channel text not null,
    source text,
    external_key text,
    created_at text not null,
    version integer not null
);
create unique index ux_person_reference on person (reference);
create unique index ux_person_external on person (source, external_key);
create index ix_person_sort on person (sort_name, id);

create table person_name (
    id integer primary key,
    person_id integer not null references person (id),
    kind text not null,
    given text,
    family text,
    full_name text not null,
    from_on text,
    to_on text
);
create index ix_person_name_person on person_name (person_id);

create table person_identifier (
    id integer primary key,
    person_id integer not null references person (id),
    kind text not null,
    protected_value blob not null,
    hash text not null,
    last_digits text not null
);
create index ix_person_identifier_person on person_identifier (person_id);
create unique index ux_person_identifier_hash on person_identifier (kind, hash, person_id);

create table person_phone (
    id integer primary key,
    person_id integer not null references person (id),
    kind text not null,
    e164 text not null,
    extension text,
    typed text not null,
    is_primary integer not null
);
create index ix_person_phone_person on person_phone (person_id);
create index ix_person_phone_number on person_phone (e164);

create table person_email (
    id integer primary key,
    person_id integer not null references person (id),
    address text not null,
    address_key text not null,
    is_primary integer not null
);
create index ix_person_email_person on person_email (person_id);
create index ix_person_email_key on person_email (address_key);

create table person_address (
    id integer primary key,
    person_id integer not null references person (id),
    kind text not null,
    one_line text not null,
    from_on text,
    to_on text,
    every_year integer not null
);
create index ix_person_address_person on person_address (person_id);

create table relationship (
    id integer primary key,
    person_id integer not null references person (id),
    kind text not null,
    related_person_id integer references person (id),
    employee_id integer,
    employee_name text,
    comment text,
    from_on text,
    to_on text,
    version integer not null
);
create index ix_relationship_person on relationship (person_id);
create index ix_relationship_related on relationship (related_person_id);

create table account (
    id integer primary key,
    number text not null,
    customer_class text not null,
    bill_cycle text not null,
    status text not null,
    opened_on text not null,
    closed_on text,
    source text,
    external_key text,
    version integer not null
);
create unique index ux_account_number on account (number);
create unique index ux_account_external on account (source, external_key);

create table account_person (
    id integer primary key,
    account_id integer not null references account (id),
    person_id integer not null references person (id),
    role text not null,
    financially_responsible integer not null,
    from_on text not null,
    to_on text,
    version integer not null
);
create index ix_account_person_account on account_person (account_id);
create index ix_account_person_person on account_person (person_id);

create table premise (
    id integer primary key,
    kind text not null,
    house_number text,
    pre_direction text,
    street_name text,
    street_type text,
    post_direction text,
    unit text,
    city text,
    state text,
    postal_code text,
    cross_street text,
    one_line text not null,
    match_key text not null,
    life_support integer not null,
    sensitive_load integer not null,
    source text,
    external_key text,
    version integer not null
);
create unique index ux_premise_external on premise (source, external_key);
create index ix_premise_match on premise (match_key);

create table service_agreement (
    id integer primary key,
    account_id integer not null references account (id),
    premise_id integer not null references premise (id),
    type text not null,
    state text not null,
    start_on text not null,
    stop_on text,
    version integer not null
);
create index ix_service_agreement_account on service_agreement (account_id);
create index ix_service_agreement_premise on service_agreement (premise_id);

create table note (
    id integer primary key,
    subject text not null,
    body text not null,
    audience text not null,
    expires_on text,
    author text not null,
    created_at text not null,
    removed_at text,
    version integer not null
);
create index ix_note_subject on note (subject);

create table timeline_entry (
    id integer primary key,
    person_id integer,
    account_id integer,
    premise_id integer,
    at text not null,
    kind text not null,
    title text not null,
    body text,
    is_open integer not null,
    about text not null
);
create index ix_timeline_person on timeline_entry (person_id, at, id);
create index ix_timeline_premise on timeline_entry (premise_id, at, id);
create index ix_timeline_account on timeline_entry (account_id, at, id);
create index ix_timeline_about on timeline_entry (about);
