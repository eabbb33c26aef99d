create table customer_file (
    id integer primary key,
    name text not null,
    brought_by text not null,
    brought_at text not null,
    state text not null,
    columns text,
    rows integer not null,
    imported integer not null,
    already_there integer not null,
    rejected integer not null,
    finished_at text,
    message text,
    version integer not null
);

create table customer_file_reject (
    file_id integer not null references customer_file (id),
    line integer not null,
    reason text not null,
    fields text not null,
    primary key (file_id, line)
);
