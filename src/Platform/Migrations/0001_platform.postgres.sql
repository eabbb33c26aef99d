create table id_block (
    name text primary key,
    next bigint not null
);

create table setting (
    name text primary key,
    value text not null,
    version integer not null
);

create table job (
    id bigint primary key,
    kind text not null,
    unique_key text,
    payload text not null,
    state text not null,
    run_at timestamp with time zone not null,
    attempts integer not null,
    max_attempts integer not null,
    node text,
    lease_until timestamp with time zone,
    last_error text,
    correlation text,
    enqueued_by text not null,
    created_at timestamp with time zone not null,
    finished_at timestamp with time zone
);
create unique index ux_job_key on job (kind, unique_key);
create index ix_job_waiting on job (run_at, id) where state = 'Waiting';
create index ix_job_running on job (lease_until) where state = 'Running';
create index ix_job_finished on job (finished_at) where finished_at is not null;

create table event (
    id bigint primary key,
    name text not null,
    version integer not null,
    occurred_at timestamp with time zone not null,
    actor text not null,
    subjects text not null,
    body text not null,
    correlation text
);
create index ix_event_name on event (name, id);
create index ix_event_occurred on event (occurred_at);

create table audit_entry (
    id bigint primary key,
    at timestamp with time zone not null,
    actor text not null,
    source text not null,
    action text not null,
    subject text not null,
    part text,
    changes text,
    correlation text
);
create index ix_audit_subject on audit_entry (subject, id);
create index ix_audit_at on audit_entry (at);

create table look (
    id bigint primary key,
    at timestamp with time zone not null,
    actor text not null,
    source text not null,
    subject text not null,
    query text,
    shown text
);
create index ix_look_subject on look (subject, id);
create index ix_look_at on look (at);

create table idempotency (
    actor text not null,
    route text not null,
    key text not null,
    body_hash text not null,
    response text not null,
    created_at timestamp with time zone not null,
    primary key (actor, route, key)
);
create index ix_idempotency_created on idempotency (created_at);

create table file (
    id bigint primary key,
    name text not null,
    media_type text not null,
    length bigint not null,
    sha256 text not null,
    attached_to text,
    created_by text not null,
    created_at timestamp with time zone not null
);
create index ix_file_attached on file (attached_to);

create table file_chunk (
    file_id bigint not null references file (id),
    number integer not null,
    bytes bytea not null,
    primary key (file_id, number)
);

create table user_account (
    id bigint primary key,
    user_name text not null,
    normalized_user_name text not null,
    email text,
    normalized_email text,
    email_confirmed boolean not null,
    password_hash text,
    security_stamp text,
    concurrency_stamp text,
    phone_number text,
    phone_number_confirmed boolean not null,
    two_factor_enabled boolean not null,
    lockout_end timestamp with time zone,
    lockout_enabled boolean not null,
    access_failed_count integer not null,
    employee_id bigint,
    display_name text not null,
    active boolean not null,
    demo boolean not null
);
create unique index ux_user_account_name on user_account (normalized_user_name);
create index ix_user_account_employee on user_account (employee_id);

create table user_role (
    user_id bigint not null references user_account (id),
    role text not null,
    primary key (user_id, role)
);

create table role_permission (
    role text not null,
    permission text not null,
    primary key (role, permission)
);

create table session (
    id text primary key,
    user_id bigint not null references user_account (id),
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    source text not null,
    ended_at timestamp with time zone
);
create index ix_session_user on session (user_id);

create table api_key (
    id bigint primary key,
    name text not null,
    prefix text not null,
    hash text not null,
    permissions text not null,
    created_by text not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    version integer not null
);
create unique index ux_api_key_prefix on api_key (prefix);

create table set_up_link (
    id bigint primary key,
    hash text not null,
    user_id bigint,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    used_at timestamp with time zone,
    version integer not null
);
create unique index ux_set_up_link_hash on set_up_link (hash);

create table data_key (
    id integer primary key,
    use text not null,
    wrapped bytea not null,
    created_at timestamp with time zone not null
);

create table known_permission (
    name text primary key,
    seen_at timestamp with time zone not null
);

create table protection_key (
    id bigint primary key,
    name text not null,
    xml text not null,
    created_at timestamp with time zone not null
);

create table search_row (
    id bigint primary key,
    kind text not null,
    owner_id bigint not null,
    sort text not null,
    detail text not null,
    keys tsvector not null
);
create index ix_search_row_keys on search_row using gin (keys) with (fastupdate = off);
create index ix_search_row_owner on search_row (owner_id);
create index ix_search_row_sort on search_row (sort collate "C", id);

create table search_variant (
    variant text not null,
    word text not null,
    primary key (variant, word)
);
