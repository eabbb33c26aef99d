create table to_do_bulk (
    id integer primary key,
    action text not null,
    employee_id integer,
    role_id integer,
    goes_to text,
    words text,
    without_skill integer not null,
    total integer not null,
    done integer not null,
    refused integer not null,
    asked_by text not null,
    created_at text not null,
    finished_at text,
    version integer not null
);
create index ix_to_do_bulk_created on to_do_bulk (created_at, id);

create table to_do_bulk_item (
    bulk_id integer not null references to_do_bulk (id),
    to_do_id integer not null references to_do (id),
    done integer,
    problem text,
    primary key (bulk_id, to_do_id)
);
create index ix_to_do_bulk_item_to_do on to_do_bulk_item (to_do_id);
