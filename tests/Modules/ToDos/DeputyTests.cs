using Tieline.Organization.Absences;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

public class DeputyTests
{
    [Theory, BothDatabases]
    public async Task The_work_of_someone_absent_is_their_deputys_on_those_days(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (theirs, begun) = (await work.Add(employee: work.Bea, subject: "for Bea"), await work.Add(role: work.Role, subject: "Bea has it"));
        Assert.True((await work.Start(work.Person(work.Bea), begun)).Ok);
        await work.Add(employee: work.Carl, subject: "for Carl");
        var dora = work.Person(work.Dora);

        await Away(work, work.Bea, -9, -1);
        await Away(work, work.Carl, 1, 9);
        Assert.Empty((await work.List(dora, new())).Items);
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Complete(dora, theirs));

        await Away(work, work.Bea, 0, 0);
        foreach (var size in new[] { 1, 50 })
            Assert.Equal(["for Bea", "Bea has it"], await Subjects(work, dora, size));
        Assert.Equal(new CountToDos.Counts(2, 2, 0), (await work.Do<CountToDos, CountToDos.Input, CountToDos.Counts>(dora, new())).Value);
        Assert.True((await work.Complete(dora, theirs)).Ok);
        var file = (await work.Do<GetToDo, GetToDo.Input, GetToDo.File>(dora, new(begun))).Value;
        Assert.Equal((true, true), (file.MayAct, file.MayPutBack));
        Assert.Equal("Bea Long is working on this.", (await work.Complete(work.Person(work.Carl), begun)).ToString());
        Assert.True((await work.PutBack(dora, begun)).Ok);
    }

    private static async Task<string[]> Subjects(Work work, Actor who, int size)
    {
        var found = new List<string>();
        string? after = null;
        do
        {
            var page = await work.List(who, new(After: after, Size: size));
            found.AddRange(page.Items.Select(t => t.Subject));
            after = page.Next;
        }
        while (after is not null);
        return [.. found];
    }

    /// <summary>Dora stands in.</summary>
    private static async Task Away(Work work, long who, int fromDay, int toDay)
    {
        await using var scope = work.House.As(Actor.Process("test"));
        scope.Db.Add(new Absence(scope.Db.NextId(), who, work.Today.AddDays(fromDay), work.Today.AddDays(toDay), "", work.Dora));
        await scope.Db.SaveChangesAsync();
    }
}
