create table wrap_up_code (
    id integer primary key,
    code text not null,
    name text not null,
    resolves integer not null,
    position integer not null,
    from_on text not null,
    to_on text,
    version integer not null
);
create unique index ux_wrap_up_code on wrap_up_code (code);

create table interaction (
    id integer primary key,
    reference text not null,
    channel text not null,
    direction text not null,
    employee_id integer not null,
    employee text not null,
    number_or_place text,
    person_id integer references person (id),
    state text not null,
    started_at text not null,
    since_at text not null,
    handled_seconds integer not null,
    ended_at text,
    ended_without text,
    note text,
    has_drafts integer not null,
    handed_to_employee_id integer,
    handed_to_role_id integer references to_do_role (id),
    handed_to text,
    hand_over_comment text,
    version integer not null
);
create unique index ux_interaction_reference on interaction (reference);
-- One call at a time: the database says so, whatever two tabs do at once.
create unique index ux_interaction_in_progress on interaction (employee_id) where state = 'InProgress';
create index ix_interaction_running on interaction (employee_id, id) where state <> 'Ended';
create index ix_interaction_handed_over on interaction (id) where state = 'HandedOver';
create index ix_interaction_started on interaction (started_at, id);
create index ix_interaction_employee on interaction (employee_id, started_at, id);
create index ix_interaction_person on interaction (person_id, started_at, id);

create table interaction_span (
    id integer primary key,
    interaction_id integer not null references interaction (id),
    employee_id integer not null,
    from_at text not null,
    to_at text not null,
    seconds integer not null
);
create index ix_interaction_span on interaction_span (interaction_id, id);

create table interaction_log (
    id integer primary key,
    interaction_id integer not null references interaction (id),
    at text not null,
    author text not null,
    step text not null,
    body text
);
create index ix_interaction_log on interaction_log (interaction_id, id);

create table interaction_draft (
    id integer primary key,
    interaction_id integer not null references interaction (id),
    person_id integer,
    fields text not null
);
create index ix_interaction_draft on interaction_draft (interaction_id, id);

alter table contact add column interaction_id integer references interaction (id);
alter table contact add column wrap_up_code_id integer references wrap_up_code (id);
alter table contact add column resolved_now integer;
create index ix_contact_interaction on contact (interaction_id, id) where interaction_id is not null;
