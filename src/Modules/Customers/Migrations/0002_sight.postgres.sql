alter table person add column restriction text not null default 'None';
alter table person add column restriction_reason text;
alter table person add column passphrase_hash text;
create index ix_person_restricted on person (sort_name, id) where restriction <> 'None';
create index ix_relationship_employee on relationship (employee_id) where employee_id is not null;

create table glass_break (
    id bigint primary key,
    person_id bigint not null references person (id),
    employee_id bigint not null,
    employee_name text not null,
    reason text not null,
    at timestamp with time zone not null,
    until_at timestamp with time zone not null
);
create index ix_glass_break_employee on glass_break (employee_id, until_at);
create index ix_glass_break_person on glass_break (person_id, id);

create table caller (
    id bigint primary key,
    employee_id bigint not null,
    interaction text,
    person_id bigint not null references person (id),
    account_id bigint,
    speaker_id bigint references person (id),
    capacity text not null,
    relay boolean not null,
    interpreter boolean not null,
    way text not null,
    shown text not null,
    at timestamp with time zone not null,
    until_at timestamp with time zone not null,
    ended_at timestamp with time zone,
    version integer not null
);
create index ix_caller_employee on caller (employee_id, until_at) where ended_at is null;
create index ix_caller_interaction on caller (interaction) where ended_at is null;
create index ix_caller_person on caller (person_id, at);

create table caller_try (
    id bigint primary key,
    employee_id bigint not null,
    interaction text,
    person_id bigint not null references person (id),
    way text not null,
    asked text not null,
    right_answers integer not null,
    at timestamp with time zone not null
);
create index ix_caller_try_person on caller_try (person_id, at);

create table verification_question (
    id bigint primary key,
    code text not null,
    text text not null,
    checks text not null,
    from_on date,
    to_on date,
    position integer not null,
    active boolean not null,
    version integer not null
);
create unique index ux_verification_question_code on verification_question (code);
