create table authorisation (
    id integer primary key,
    person_id integer not null references person (id),
    account_id integer references account (id),
    other_person_id integer references person (id),
    name text not null,
    organisation text,
    phone text,
    scopes text not null,
    given text not null,
    comment text,
    from_on text not null,
    to_on text not null,
    end_id integer not null,
    created_by text not null,
    created_at text not null,
    revoked_by text,
    revoked_at text,
    revoked_because text,
    version integer not null
);
create index ix_authorisation_person on authorisation (person_id, to_on);
create index ix_authorisation_other on authorisation (other_person_id);
create index ix_authorisation_account on authorisation (account_id);
create index ix_authorisation_end on authorisation (to_on, id) where revoked_at is null;

create table warning (
    id integer primary key,
    person_id integer references person (id),
    premise_id integer references premise (id),
    kind text not null,
    reason text not null,
    source text not null,
    review_on text not null,
    created_by text not null,
    created_at text not null,
    ended_at text,
    version integer not null
);
create index ix_warning_person on warning (person_id);
create index ix_warning_premise on warning (premise_id);
create index ix_warning_review on warning (review_on, id) where ended_at is null;

create table warning_review (
    id integer primary key,
    warning_id integer not null references warning (id),
    due_on text not null,
    done_at text,
    done_by text,
    result text,
    comment text
);
create index ix_warning_review_warning on warning_review (warning_id, id);
create index ix_warning_review_due on warning_review (due_on, id) where done_at is null;

create table consent (
    id integer primary key,
    person_id integer not null references person (id),
    purpose text not null,
    channel text not null,
    answer text not null,
    source text not null,
    comment text,
    since_at text not null,
    recorded_by text not null,
    superseded_at text
);
create index ix_consent_person on consent (person_id, id);
create unique index ux_consent_in_force on consent (person_id, purpose, channel) where superseded_at is null;
