"""The queries and mutations that are sent to Linear. https://linear.app/developers/graphql"""

from __future__ import annotations

ISSUE = """
fragment Ours on Issue {
  id identifier url title description createdAt
  state { type name }
  assignee { name displayName }
  creator { name displayName }
  labels(first: 20) { nodes { name } }
}
"""
ME = "query Me { viewer { name displayName } }"
BY_ID = f"""query ById($id: ID!) {{
  issues(filter: {{ id: {{ eq: $id }} }}, first: 1, includeArchived: true) {{
    nodes {{ ...Ours }} pageInfo {{ hasNextPage }}
  }}
}}
{ISSUE}"""
BY_WORDS = f"""query ByWords($words: String!) {{
  issues(
    filter: {{ or: [
      {{ title: {{ containsIgnoreCase: $words }} }}, {{ description: {{ containsIgnoreCase: $words }} }}
    ] }}
    first: 20
  ) {{ nodes {{ ...Ours }} pageInfo {{ hasNextPage }} }}
}}
{ISSUE}"""
BY_PAGE = f"""query ByPage($url: String!) {{
  attachmentsForURL(url: $url, first: 20) {{ nodes {{ issue {{ ...Ours }} }} pageInfo {{ hasNextPage }} }}
}}
{ISSUE}"""
TEAM = """query Team($key: String!) {
  teams(filter: { key: { eqIgnoreCase: $key } }, first: 1) { nodes { id key } }
}"""
LABELS = """query Labels($names: [String!]) {
  issueLabels(filter: { name: { in: $names } }, first: 20) { nodes { id name isGroup team { id } } }
}"""
COMMENTS = """query Comments($id: String!) {
  issue(id: $id) { comments(first: 100) { nodes { body createdAt url user { name displayName } } } }
}"""
CREATE = f"""mutation Create($input: IssueCreateInput!) {{
  issueCreate(input: $input) {{ success issue {{ ...Ours }} }}
}}
{ISSUE}"""
LINK = """mutation Link($issue: String!, $url: String!, $title: String) {
  attachmentLinkURL(issueId: $issue, url: $url, title: $title) { success }
}"""
SAY = """mutation Say($input: CommentCreateInput!) {
  commentCreate(input: $input) { success comment { id url } }
}"""
