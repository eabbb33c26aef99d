using System.Text;
using Tieline.Platform.Import;
using Xunit;

namespace Tieline.Tests.Modules.Platform.Import;

public sealed class CsvSourceTests
{
    [Fact]
    public void A_byte_that_is_no_UTF_8_far_behind_the_beginning_rejects_its_row()
    {
        var file = new MemoryStream();
        file.Write("id,name\n"u8);
        for (var i = 0; i < 100_000; i++)
            file.Write(Encoding.UTF8.GetBytes($"{i},Zoë Müller\n"));
        file.Write([.. "last,Jos"u8, 0xE9, (byte)'\n', .. "end,Ana\n"u8]);
        file.Position = 0;
        using var source = new CsvSource(file);
        var (row, problem) = Assert.Single(source.Rows(), r => r.Problem is not null);
        Assert.Equal(("last", 100_002), (row["id"], row.Line));
        Assert.Contains("--encoding", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_encoding_may_be_said()
    {
        using var source = new CsvSource(new MemoryStream([.. "id,name\n1,Jos"u8, 0xE9, (byte)'\n']), FileEncodings.Named("windows-1252"));
        Assert.Equal("José", Assert.Single(source.Rows()).Row["name"]);
    }

    [Fact]
    public async Task A_row_of_another_length_is_rejected_whole_and_can_be_mended()
    {
        var rejects = await Run("id,place,note\n1,12 Elm St, Springfield,call\n2,short\n3,here,ok\n");
        Assert.Equal(["id,place,note,rejected_line,rejected_because", "1,12 Elm St,Springfield,call,2,\"The row has 4 columns, the header 3.\"", "2,short,3,\"The row has 2 columns, the header 3.\""],
            rejects.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        // Not mended, nothing of it is lost and nothing is added.
        var again = await Run(rejects);
        Assert.Contains("\n1,12 Elm St,Springfield,call,2,", again, StringComparison.Ordinal);
        Assert.Contains("\n2,short,3,", again, StringComparison.Ordinal);
        Assert.Equal("", await Run(rejects.Replace("12 Elm St,Springfield", "\"12 Elm St, Springfield\"", StringComparison.Ordinal).Replace("2,short,", "2,short,,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fat_rows_go_in_chunks_that_a_node_takes()
    {
        var text = new StringBuilder("id,text\n");
        for (var i = 0; i < 7; i++)
            text.Append(i).Append(',').Append('x', 600_000).Append('\n');
        using var source = new CsvSource(new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())));
        var chunks = new List<int>();
        var totals = await ImportFile.Run(source, () => TextWriter.Null, rows =>
        {
            chunks.Add(rows.Count);
            return Task.FromResult<IReadOnlyList<RowResult>>([.. rows.Select(r => new RowResult(r.Line, RowOutcome.Imported))]);
        }, null);
        Assert.Equal((7, "2,2,2,1"), (totals.Imported, string.Join(',', chunks)));
    }

    [Fact]
    public void A_quote_that_never_closes_is_told_with_its_line()
    {
        using var source = new CsvSource(new MemoryStream(Encoding.UTF8.GetBytes($"id,text\n1,here\n2,\"{new string('x', 5 << 20)}\n")));
        Assert.Contains("line 3", Assert.Throws<InvalidDataException>(() => source.Rows().Count()).Message, StringComparison.Ordinal);
    }

    private static async Task<string> Run(string file)
    {
        var rejects = new StringWriter();
        using var source = new CsvSource(new MemoryStream(Encoding.UTF8.GetBytes(file)));
        await ImportFile.Run(source, () => rejects, rows => Task.FromResult<IReadOnlyList<RowResult>>([.. rows.Select(r => new RowResult(r.Line, RowOutcome.Imported))]), null);
        return rejects.ToString();
    }
}
