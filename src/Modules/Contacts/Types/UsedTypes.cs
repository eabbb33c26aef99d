using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Alerts;
using Tieline.Contacts.Records;
using Tieline.Customers;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;

namespace Tieline.Contacts.Types;

internal sealed class UsedContactClass(AppDb db) : IUsedBy
{
    public string Kind => "contact_class";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
        [new("contact types", await db.Set<ContactType>().CountAsync(t => t.ClassId == id, ct), $"/admin/contact-types?class={id}")];
}

internal sealed class UsedContactType(AppDb db, IAlertSettings alerts) : IUsedBy
{
    public string Kind => "contact_type";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
    [
        new("contacts", await db.Set<Contact>().Where(c => c.TypeId == id).Take(UsedByLine.Most + 1).CountAsync(ct), $"/contacts?type={id}"),
        new("alerts", await db.Set<ContactType>().Where(t => t.Id == id).Select(t => t.Code).SingleOrDefaultAsync(ct) is { } code
            ? await alerts.Saying(ContactCountAlert.AlertCode, ContactCountAlert.TypeCondition, code, ct) : 0, "/admin/alerts"),
    ];
}

internal sealed class RolesUsedByTypes(AppDb db) : IUsedBy
{
    public string Kind => "to_do_role";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
        [new("contact types", await db.Set<ContactType>().CountAsync(t => t.DefaultRoleId == id, ct), "/admin/contact-types")];
}
