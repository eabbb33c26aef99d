create table practice_call (
    id bigint primary key,
    employee_id bigint not null,
    story text not null,
    person_id bigint references person (id),
    number text,
    rang_at timestamp with time zone not null,
    answered_at timestamp with time zone,
    interaction_id bigint references interaction (id),
    heard text not null,
    put_away_at timestamp with time zone,
    version integer not null
);
-- One caller at a time: the database says so, whatever two windows do at once.
create unique index ux_practice_call_at_hand on practice_call (employee_id) where put_away_at is null;
create index ix_practice_call_employee on practice_call (employee_id, id);
