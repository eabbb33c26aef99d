-- A supervisor lets callers try again who failed too often.
create table caller_again (
    id bigint primary key,
    person_id bigint not null references person (id),
    reason text not null,
    let_by text not null,
    at timestamp with time zone not null
);
create index ix_caller_again_person on caller_again (person_id, at);

-- A number that was shown in full to call it back: for a while it proves nothing to say it.
create table number_shown (
    id bigint primary key,
    employee_id bigint not null,
    person_id bigint not null references person (id),
    e164 text not null,
    at timestamp with time zone not null
);
create index ix_number_shown_employee on number_shown (employee_id, person_id, at);
