create table web_hook (
    id bigint primary key,
    name text not null,
    url text not null,
    events text not null,
    state text not null,
    paused_because text,
    pause_id bigint,
    secret bytea not null,
    previous_secret bytea,
    previous_until_at timestamp with time zone,
    failures integer not null,
    failing_since_at timestamp with time zone,
    rests_until_at timestamp with time zone,
    last_at timestamp with time zone,
    last_status integer,
    last_error text,
    created_by text not null,
    created_at timestamp with time zone not null,
    version integer not null
);
create unique index ux_web_hook_name on web_hook (name);
create table web_hook_delivery (
    id bigint primary key,
    hook_id bigint not null references web_hook (id),
    event_id bigint,
    event_name text not null,
    body text not null,
    state text not null,
    turn integer not null,
    tries integer not null,
    next_at timestamp with time zone,
    last_at timestamp with time zone,
    last_status integer,
    last_answer text,
    last_error text,
    duration_ms integer,
    created_at timestamp with time zone not null
);
create unique index ux_web_hook_delivery_event on web_hook_delivery (hook_id, event_id);
create index ix_web_hook_delivery_state on web_hook_delivery (hook_id, state, id);
create index ix_web_hook_delivery_created on web_hook_delivery (created_at);
