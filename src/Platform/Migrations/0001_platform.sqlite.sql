create table id_block (
    name text primary key,
    next integer not null
);

create table setting (
    name text primary key,
    value text not null,
    version integer not null
);

create table job (
    id integer primary key,
    kind text not null,
    unique_key text,
    payload text not null,
    state text not null,
    run_at text not null,
    attempts integer not null,
    max_attempts integer not null,
    node text,
    lease_until text,
    last_error text,
    correlation text,
    enqueued_by text not null,
    created_at text not null,
    finished_at text
);
create unique index ux_job_key on job (kind, unique_key);
create index ix_job_waiting on job (run_at, id) where state = 'Waiting';
create index ix_job_running on job (lease_until) where state = 'Running';
create index ix_job_finished on job (finished_at) where finished_at is not null;

create table event (
    id integer primary key,
    name text not null,
    version integer not null,
    occurred_at text not null,
    actor text not null,
    subjects text not null,
    body text not null,
    correlation text
);
create index ix_event_name on event (name, id);
create index ix_event_occurred on event (occurred_at);

create table audit_entry (
    id integer primary key,
    at text not null,
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
    id integer primary key,
    at text not null,
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
    created_at text not null,
    primary key (actor, route, key)
);
create index ix_idempotency_created on idempotency (created_at);

create table file (
    id integer primary key,
    name text not null,
    media_type text not null,
    length integer not null,
    sha256 text not null,
    attached_to text,
    created_by text not null,
    created_at text not null
);
create index ix_file_attached on file (attached_to);

create table file_chunk (
    file_id integer not null references file (id),
    number integer not null,
    bytes blob not null,
    primary key (file_id, number)
);

create table user_account (
    id integer primary key,
    user_name text not null,
    normalized_user_name text not null,
    email text,
    normalized_email text,
    email_confirmed integer not null,
    password_hash text,
    security_stamp text,
    concurrency_stamp text,
    phone_number text,
    phone_number_confirmed integer not null,
    two_factor_enabled integer not null,
    lockout_end text,
    lockout_enabled integer not null,
    access_failed_count integer not null,
    employee_id integer,
    display_name text not null,
    active integer not null,
    demo integer not null
);
create unique index ux_user_account_name on user_account (normalized_user_name);
create index ix_user_account_employee on user_account (employee_id);

create table user_role (
    user_id integer not null references user_account (id),
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
    user_id integer not null references user_account (id),
    created_at text not null,
    expires_at text not null,
    source text not null,
    ended_at text
);
create index ix_session_user on session (user_id);

create table api_key (
    id integer primary key,
    name text not null,
    prefix text not null,
    hash text not null,
    permissions text not null,
    created_by text not null,
    created_at text not null,
    expires_at text,
    revoked_at text,
    version integer not null
);
create unique index ux_api_key_prefix on api_key (prefix);

create table set_up_link (
    id integer primary key,
    hash text not null,
    user_id integer,
    created_at text not null,
    expires_at text not null,
    used_at text,
    version integer not null
);
create unique index ux_set_up_link_hash on set_up_link (hash);

create table data_key (
    id integer primary key,
    use text not null,
    wrapped blob not null,
    created_at text not null
);

create table known_permission (
    name text primary key,
    seen_at text not null
);

create table protection_key (
    id integer primary key,
    name text not null,
    xml text not null,
    created_at text not null
);

create table search_row (
    id integer primary key,
    kind text not null,
    owner_id integer not null,
    sort text not null,
    detail text not null
);
create index ix_search_row_owner on search_row (owner_id);
create index ix_search_row_sort on search_row (sort, id);

-- The words of a search row, without a copy of the text; rowid = search_row.id. Prefix indexes serve short prefixes.
create virtual table search_word using fts5 (
    keys, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 0 tokenchars '@._-~#+'"
);

create table search_variant (
    variant text not null,
    word text not null,
    primary key (variant, word)
);
