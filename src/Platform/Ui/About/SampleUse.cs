using Tieline.Platform.Uses;

namespace Tieline.Platform.Ui;

/// <summary>Stores nothing: lets the sample form show every kind of field and problem.</summary>
internal sealed class SampleUse : IUse<SampleUse.Input, Done>
{
    internal enum SampleKind { Mobile, Home, Work, PendingStart }

    internal sealed record Phone(string Number, SampleKind Kind);

    internal sealed record Input(
        string Name, string? Comment, SampleKind Kind, DateOnly? On, TimeOnly? At, int? Count, bool Large, long? TypeId, string? Channel, List<Phone> Phones);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        problems.Text("Name", "Name", input.Name, 40);
        problems.Lines("Comment", "Comment", input.Comment, 4000, required: false);
        if (input.On is { } on && on < new DateOnly(2000, 1, 1))
            problems.Add("On", "That day has long passed.", "sample.past");
        for (var i = 0; i < input.Phones.Count; i++)
        {
            if (!input.Phones[i].Number.Any(char.IsAsciiDigit))
                problems.Add($"Phones[{i}].Number", "A phone number has digits.", "sample.phone");
        }
        if (input.Name == "nobody")
            problems.Add(null, "Someone else has changed this in the meantime.", Problem.ConflictRule);
        return Task.FromResult<Outcome<Done>>(problems.Any ? problems : Done.It);
    }
}
