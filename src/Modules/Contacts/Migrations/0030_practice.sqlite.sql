create table practice_call (
    id integer primary key,
    employee_id integer not null,
    story text not null,
    person_id integer references person (id),
    number text,
    rang_at text not null,
    answered_at text,
    interaction_id integer references interaction (id),
    heard text not null,
    put_away_at text,
    version integer not null
);
-- One caller at a time: the database says so, whatever two windows do at once.
create unique index ux_practice_call_at_hand on practice_call (employee_id) where put_away_at is null;
create index ix_practice_call_employee on practice_call (employee_id, id);
