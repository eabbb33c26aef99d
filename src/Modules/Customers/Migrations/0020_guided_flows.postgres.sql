create table guided_flow (
    id bigint primary key,
    kind text not null,
    person_id bigint not null references person (id),
    state text not null,
    event_on date,
    told_by text,
    employee_id bigint,
    opened_by text not null,
    opened_at timestamp with time zone not null,
    touched_by text not null,
    touched_at timestamp with time zone not null,
    ended_by text,
    ended_at timestamp with time zone,
    ended_because text,
    version integer not null
);
create index ix_guided_flow_person on guided_flow (person_id, id);
create index ix_guided_flow_state on guided_flow (state, opened_at, id);

create table guided_flow_step (
    id bigint primary key,
    flow_id bigint not null references guided_flow (id),
    code text not null,
    state text not null,
    done_by text,
    done_at timestamp with time zone,
    words text,
    typed text,
    kept text,
    version integer not null
);
create unique index ux_guided_flow_step on guided_flow_step (flow_id, code);
