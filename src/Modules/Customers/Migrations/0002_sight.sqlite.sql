alter table person add column restriction text not null default 'None';
alter table person add column restriction_reason text;
alter table person add column passphrase_hash text;
create index ix_person_restricted on person (sort_name, id) where restriction <> 'None';
create index ix_relationship_employee on relationship (employee_id) where employee_id is not null;

create table glass_break (
    id integer primary key,
    person_id integer not null references person (id),
    employee_id integer not null,
    employee_name text not null,
    reason text not null,
    at text not null,
    until_at text not null
);
create index ix_glass_break_employee on glass_break (employee_id, until_at);
create index ix_glass_break_person on glass_break (person_id, id);

create table caller (
    id integer primary key,
    employee_id integer not null,
    interaction text,
    person_id integer not null references person (id),
    account_id integer,
    speaker_id integer references person (id),
    capacity text not null,
    relay integer not null,
    interpreter integer not null,
    way text not null,
    shown text not null,
    at text not null,
    until_at text not null,
    ended_at text,
    version integer not null
);
create index ix_caller_employee on caller (employee_id, until_at) where ended_at is null;
create index ix_caller_interaction on caller (interaction) where ended_at is null;
create index ix_caller_person on caller (person_id, at);

create table caller_try (
    id integer primary key,
    employee_id integer not null,
    interaction text,
    person_id integer not null references person (id),
    way text not null,
    asked text not null,
    right_answers integer not null,
    at text not null
);
create index ix_caller_try_person on caller_try (person_id, at);

create table verification_question (
    id integer primary key,
    code text not null,
    text text not null,
    checks text not null,
    from_on text,
    to_on text,
    position integer not null,
    active integer not null,
    version integer not null
);
create unique index ux_verification_question_code on verification_question (code);
