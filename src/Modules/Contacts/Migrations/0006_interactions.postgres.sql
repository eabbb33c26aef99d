create table wrap_up_code (
    id bigint primary key,
    code text not null,
    name text not null,
    resolves boolean not null,
    position integer not null,
    from_on date not null,
    to_on date,
    version integer not null
);
create unique index ux_wrap_up_code on wrap_up_code (code);

create table interaction (
    id bigint primary key,
    reference text not null,
    channel text not null,
    direction text not null,
    employee_id bigint not null,
    employee text not null,
    number_or_place text,
    person_id bigint references person (id),
    state text not null,
    started_at timestamp with time zone not null,
    since_at timestamp with time zone not null,
    handled_seconds integer not null,
    ended_at timestamp with time zone,
    ended_without text,
    note text,
    has_drafts boolean not null,
    handed_to_employee_id bigint,
    handed_to_role_id bigint references to_do_role (id),
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
    id bigint primary key,
    interaction_id bigint not null references interaction (id),
    employee_id bigint not null,
    from_at timestamp with time zone not null,
    to_at timestamp with time zone not null,
    seconds integer not null
);
create index ix_interaction_span on interaction_span (interaction_id, id);

create table interaction_log (
    id bigint primary key,
    interaction_id bigint not null references interaction (id),
    at timestamp with time zone not null,
    author text not null,
    step text not null,
    body text
);
create index ix_interaction_log on interaction_log (interaction_id, id);

create table interaction_draft (
    id bigint primary key,
    interaction_id bigint not null references interaction (id),
    person_id bigint,
    fields text not null
);
create index ix_interaction_draft on interaction_draft (interaction_id, id);

alter table contact add column interaction_id bigint references interaction (id);
alter table contact add column wrap_up_code_id bigint references wrap_up_code (id);
alter table contact add column resolved_now boolean;
create index ix_contact_interaction on contact (interaction_id, id) where interaction_id is not null;
