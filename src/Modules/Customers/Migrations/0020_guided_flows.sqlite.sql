create table guided_flow (
    id integer primary key,
    kind text not null,
    person_id integer not null references person (id),
    state text not null,
    event_on text,
    told_by text,
    employee_id integer,
    opened_by text not null,
    opened_at text not null,
    touched_by text not null,
    touched_at text not null,
    ended_by text,
    ended_at text,
    ended_because text,
    version integer not null
);
create index ix_guided_flow_person on guided_flow (person_id, id);
create index ix_guided_flow_state on guided_flow (state, opened_at, id);

create table guided_flow_step (
    id integer primary key,
    flow_id integer not null references guided_flow (id),
    code text not null,
    state text not null,
    done_by text,
    done_at text,
    words text,
    typed text,
    kept text,
    version integer not null
);
create unique index ux_guided_flow_step on guided_flow_step (flow_id, code);
