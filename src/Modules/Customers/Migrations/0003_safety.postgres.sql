create table authorisation (
    id bigint primary key,
    person_id bigint not null references person (id),
    account_id bigint references account (id),
    other_person_id bigint references person (id),
    name text not null,
    organisation text,
    phone text,
    scopes text not null,
    given text not null,
    comment text,
    from_on date not null,
    to_on date not null,
    end_id bigint not null,
    created_by text not null,
    created_at timestamp with time zone not null,
    revoked_by text,
    revoked_at timestamp with time zone,
    revoked_because text,
    version integer not null
);
create index ix_authorisation_person on authorisation (person_id, to_on);
create index ix_authorisation_other on authorisation (other_person_id);
create index ix_authorisation_account on authorisation (account_id);
create index ix_authorisation_end on authorisation (to_on, id) where revoked_at is null;

create table warning (
    id bigint primary key,
    person_id bigint references person (id),
    premise_id bigint references premise (id),
    kind text not null,
    reason text not null,
    source text not null,
    review_on date not null,
    created_by text not null,
    created_at timestamp with time zone not null,
    ended_at timestamp with time zone,
    version integer not null
);
create index ix_warning_person on warning (person_id);
create index ix_warning_premise on warning (premise_id);
create index ix_warning_review on warning (review_on, id) where ended_at is null;

create table warning_review (
    id bigint primary key,
    warning_id bigint not null references warning (id),
    due_on date not null,
    done_at timestamp with time zone,
    done_by text,
    result text,
    comment text
);
create index ix_warning_review_warning on warning_review (warning_id, id);
create index ix_warning_review_due on warning_review (due_on, id) where done_at is null;

create table consent (
    id bigint primary key,
    person_id bigint not null references person (id),
    purpose text not null,
    channel text not null,
    answer text not null,
    source text not null,
    comment text,
    since_at timestamp with time zone not null,
    recorded_by text not null,
    superseded_at timestamp with time zone
);
create index ix_consent_person on consent (person_id, id);
create unique index ux_consent_in_force on consent (person_id, purpose, channel) where superseded_at is null;
