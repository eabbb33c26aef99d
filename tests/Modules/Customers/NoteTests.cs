using Tieline.Customers.Notes;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public class NoteTests
{
    private static Task<Outcome<AddNote.Added>> Add(CustomerDesk desk, AddNote.Input input, string role = Roles.Csr) => desk.Run<AddNote, AddNote.Input, AddNote.Added>(input, role);

    [Theory, BothDatabases]
    public async Task Notes_are_shown_to_their_readers(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        // Another author: one's own notes are always shown.
        await using (var scope = desk.House.As(Actors.Of(Roles.Supervisor, 7)))
        {
            foreach (var audience in Enum.GetValues<NoteAudience>())
                CustomerDesk.Ok(await scope.Get<AddNote>().Handle(new(person.Id, null, null, $"{audience}", audience), CancellationToken.None));
        }

        Assert.Equal(["Everyone", "FrontOffice"], await Seen(Roles.Csr));
        Assert.Equal(["BackOffice", "Everyone"], await Seen(Roles.BackOffice));
        Assert.Equal(["BackOffice", "Everyone", "Field", "FrontOffice"], await Seen(Roles.Supervisor));
        CustomerDesk.Ok(await Add(desk, new(person.Id, null, null, "for you", NoteAudience.BackOffice)));
        Assert.Contains("BackOffice", await Seen(Roles.Csr));

        async Task<IEnumerable<string>> Seen(string role) => (await desk.Facts(person.Id, role)).Notes.Select(n => n.Audience).Order(StringComparer.Ordinal).ToArray();
    }

    [Theory, BothDatabases]
    public async Task A_note_is_shown_until_its_day_and_can_be_removed(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await Add(desk, new(person.Id, null, null, "until tomorrow\n<b>bold</b>\u202E", ExpiresOn: desk.Today.AddDays(1))));
        desk.House.Clock.Advance(TimeSpan.FromDays(1));
        var note = Assert.Single((await desk.Facts(person.Id)).Notes);
        Assert.Equal("until tomorrow\n<b>bold</b>", note.Body);
        desk.House.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty((await desk.Facts(person.Id)).Notes);

        var lasting = CustomerDesk.Ok(await Add(desk, new(person.Id, null, null, "stays")));
        CustomerDesk.Ok(await desk.Do<RemoveNote, RemoveNote.Input>(new(lasting.Id, 0)));
        Assert.Empty((await desk.Facts(person.Id)).Notes);
        Assert.Equal("not_found", CustomerDesk.Rule(await desk.Do<RemoveNote, RemoveNote.Input>(new(lasting.Id, 1))));
    }

    [Theory, BothDatabases]
    public async Task Mistakes_are_told(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        Assert.Equal("required", CustomerDesk.Rule(await Add(desk, new(person.Id, null, null, " \u0000 "))));
        Assert.Equal("too_long", CustomerDesk.Rule(await Add(desk, new(person.Id, null, null, new string('x', 1_000_000)))));
        Assert.Equal("date.past", CustomerDesk.Rule(await Add(desk, new(person.Id, null, null, "x", ExpiresOn: desk.Today.AddDays(-1)))));
        Assert.Equal("note.subject", CustomerDesk.Rule(await Add(desk, new(person.Id, 1, null, "x"))));
        Assert.Equal("note.subject", CustomerDesk.Rule(await Add(desk, new(null, null, null, "x"))));
        Assert.Equal("account.unknown", CustomerDesk.Rule(await Add(desk, new(null, 1, null, "x"))));
        await Assert.ThrowsAsync<ForbiddenException>(() => Add(desk, new(person.Id, null, null, "x"), Roles.Operator));
    }
}
