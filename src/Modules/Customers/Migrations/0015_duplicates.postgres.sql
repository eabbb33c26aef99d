create table duplicate_pair (
    id bigint primary key,
    kind text not null,
    a_id bigint not null,
    b_id bigint not null,
    score integer not null,
    reasons text not null,
    facts text not null,
    found_at timestamp with time zone not null,
    state text not null,
    decided_by text,
    decided_at timestamp with time zone,
    why text,
    version integer not null
);
create unique index ux_duplicate_pair on duplicate_pair (kind, a_id, b_id);
create index ix_duplicate_pair_second on duplicate_pair (kind, b_id);
create index ix_duplicate_pair_open on duplicate_pair (score, id) where state = 'Open';

-- The same name on the same birthday; the same house number under the same ZIP code.
create index ix_person_born on person (sort_name, born_on) where born_on is not null;
create index ix_premise_house on premise (house_number, postal_code) where house_number is not null;
