create table configuration_import (
    id integer primary key,
    file_name text not null,
    content text not null,
    brought_by text not null,
    brought_at text not null,
    applied_by text,
    applied_at text,
    version integer not null
);
