"""What code does around NumPy: loops, containers, masks, choices, and views in all of them."""

from __future__ import annotations

import collections
import functools

import numpy as np
import pytest

from tests.recording.gradients import agrees, rng

R = rng(3)
LEARNED = {"A": R.standard_normal((3, 4)), "v": R.standard_normal(4)}
DATA = {"W": R.standard_normal((3, 4)), "y": np.array([0, 3, 1])}
S_ = R.standard_normal((2, 3, 4))


class DC:
    """A pair."""

    def __init__(self, a, b):
        self.a, self.b = a, b


CODE = {
    "vT": """
return (v.T@A.T).sum()
""",
    "padalias": """
p=np.pad(A,0)
p+=1
return (p*A).sum()
""",
    "clipalias": """
p=np.clip(A,None,W+9)
p+=1
return (p*A).sum()
""",
    "relumask": """
m=(A>0).astype(int)
return (A*m).sum()
""",
    "relumask2": """
m=np.zeros_like(A)
m[A>0]=1
return (A*m).sum()
""",
    "relumask3": """
m=np.where(A>0,1,0)
return (A*m*A).sum()
""",
    "relumask4": """
h=A*(A>0)
return (h**2).sum()
""",
    "boolsum": """
acc=((A>0)==(W>0)).mean()
return A.sum()+0*acc
""",
    "accfloat": """
acc=float(np.mean(np.argmax(A,axis=1)==y))
return (A**2).sum()
""",
    "tupleassign": """
a,b=A[0],A[1]
a,b=b,a
return (a*b[::-1]).sum()
""",
    "augview": """
B=A.reshape(4,3)
B[0]+=v[0]
return (A**2).sum()
""",
    "colloop": """
z=A*1
for c in z.T: c/=c.sum()
return (z**2).sum()
""",
    "rowloop": """
z=A*1
for row in z: row-=row.mean()
return (z**3).sum()
""",
    "softrow": """
p=np.empty_like(A)
for i in range(3):
  e=np.exp(A[i]-A[i].max())
  p[i]=e/e.sum()
return -np.log(p[np.arange(3),y]).sum()
""",
    "meshgrid": """
i,j=np.meshgrid(np.arange(3),np.arange(4),indexing='ij')
return (A[i,j]*W).sum()
""",
    "nditer": """
t=0
for a in np.nditer(W): t=t+float(a)
return A.sum()*t
""",
    "ndindex": """
t=0
for i in np.ndindex(A.shape): t+=A[i]**2
return t
""",
    "flatiter": """
t=0
for a in A.flat: t+=a**2
return t
""",
    "einsumtrace": """
return np.einsum('ii->',A@A.T)
""",
    "einsumdiag": """
return np.einsum('ii->i',A@A.T).sum()
""",
    "outermeth": """
return np.add.outer(v,v).sum()*v[0]
""",
    "iaddouter": """
H=np.zeros((4,4))
for a in A: H+=np.outer(a,a)
return (H**2).sum()
""",
    "slicestep": """
return (A[:, ::2]*A[:, 1::2]).sum()
""",
    "boolrow": """
return (A[y>0]**2).sum()
""",
    "boolcol": """
return (A[:, np.array([True,False,True,False])]**2).sum()
""",
    "idx0d": """
return A[np.array(1)].sum()*v[np.int64(2)]
""",
    "listidx": """
return A[[0,1]].sum()
""",
    "neglist": """
return (A[[-1,0],[0,-1]]**2).sum()
""",
    "ellip": """
return (S_[...,0,:]*v).sum()
""",
    "newax": """
return (v[None,:,None]*v[:,None]).sum()
""",
    "concat0": """
out=np.zeros((0,4))
for a in A: out=np.vstack([out,a[None]*2])
return (out**2).sum()
""",
    "appendrow": """
out=np.array([])
for a in A: out=np.append(out,a)
return (out**2).sum()
""",
    "dtypearg": """
return np.sum(A,dtype=np.float64)+np.mean(A,dtype='float64')
""",
    "int8": """
m=(W>0).astype(np.int8)
return (A*m).sum()
""",
    "powint": """
return (A**2+A**-2.0+abs(A)**0.5).sum()
""",
    "divint": """
return (A/3+y[:,None]/2).sum()*(y//2).sum()*A[0,0]
""",
    "ymod": """
return (A*(y%2)[:,None]).sum()
""",
    "yeq": """
return (A*(y==3)[:,None]).sum()
""",
    "ywhere": """
return (A[np.where(y>0)]**2).sum()
""",
    "nonzero": """
return (A[np.nonzero(W>0)]**2).sum()
""",
    "argsort": """
o=np.argsort(-v)
return (v[o]*np.arange(4)).sum()
""",
    "topk": """
o=np.argpartition(-v,2)[:2]
return (v[o]**2).sum()
""",
    "cumulw": """
w=np.cumsum(v[::-1])[::-1]
return (w**2).sum()
""",
    "fliplr": """
return (np.fliplr(A)*W).sum()
""",
    "isclose": """
return A.sum() if np.isclose(A,A).all() else 0
""",
    "ternary": """
return (A if A.sum()>0 else -A).sum()*2
""",
    "while": """
x=v.sum()
while abs(x)>0.1: x=x*0.5
return x*x
""",
    "newton": """
x=v[0]**2+1
for _ in range(3): x=x-(x**2-2)/(2*x)
return x
""",
    "recursive": """
f=lambda k: v[0] if k==0 else np.tanh(f(k-1)+v[1])
return f(3)
""",
    "generator": """
g=(np.tanh(a) for a in A)
return sum(x.sum() for x in g)
""",
    "mapf": """
return sum(map(np.sum, A))
""",
    "reduceadd": """
return functools.reduce(lambda a,b:a*b, list(v))
""",
    "dictcomp": """
d={i:a.sum() for i,a in enumerate(A)}
return d[0]*d[2]
""",
    "namedtuple": """
C=collections.namedtuple('C','a b')
c=C(A.sum(),v.sum())
return c.a*c.b
""",
    "dataclass": """
c=DC(A.sum(),v.sum())
return c.a*c.b
""",
    "setdefault": """
d={}
d.setdefault('z',A.sum())
return d['z']**2
""",
    "nestedfn": """
def g(x):
  h=np.tanh(x)
  return h*h
return g(A).sum()+g(v).sum()
""",
    "tryexc": """
try: z=A@A
except ValueError: z=A@A.T
return z.sum()
""",
    "matpow": """
M=A@A.T
return np.trace(M@M)
""",
    "logical": """
return A[(A>0)&(W>0)].sum()+A[(A>0)|~(W>0)].sum()
""",
    "selectw": """
return np.where((A>0)&(A<1),A,np.where(A<=0,0.1*A,1.0)).sum()
""",
    "minmaxscale": """
z=(A-A.min())/(A.max()-A.min())
return (z**2).sum()
""",
    "standard": """
z=(A-A.mean(0))/A.std(0)
return (z**3).sum()
""",
    "normrow": """
return (A/np.linalg.norm(A,axis=1,keepdims=True)*W).sum()
""",
    "cos": """
return (A@v)@(A@v)/np.sqrt((v@v))
""",
    "pdist": """
d=((A[:,None,:]-A[None,:,:])**2).sum(-1)
return np.exp(-d).sum()
""",
    "hinge": """
return np.maximum(0,1-A*np.sign(W)).sum()
""",
    "tieabs": """
z=np.abs(A-A.mean())
return z.max()
""",
    "shufflepad": """
z=np.zeros((5,6))
z[1:4,1:5]=A
return (z[1:-1,2:]*W).sum()+(z**2).sum()
""",
    "conv1d": """
k=v[:3]
out=np.array([ (A[0,i:i+2]*k[:2]).sum() for i in range(3)])
return (out**2).sum()
""",
    "swapax": """
return (S_.swapaxes(0,2)*2)[:,:,0].sum()*v[0]
""",
    "bincount": """
c=np.bincount(y)
return (v[:len(c)]*c).sum()
""",
    "unique": """
u,i=np.unique(y,return_inverse=True)
return (v[:3][i]*A[:,0]).sum()
""",
    "percent": """
q=np.percentile(W,50)
return (A*(W>q)).sum()
""",
    "string": """
s=np.array2string(A)
return A.sum()
""",
    "flags": """
assert A.flags['C_CONTIGUOUS'] is not None
return A.sum()
""",
    "squeezeall": """
z=A[:1,:1].squeeze()
return z*z
""",
    "itemset": """
z=A*1
z[1][2]=5
return (z**2).sum()
""",
    "chainidx": """
z=np.zeros((2,3,4))
z[0][1]=v
z[1][2][3]=v[0]
return (z**2).sum()
""",
    "maskchain": """
z=A*1
z[z>0]=z[z>0]**2
return z.sum()
""",
    "npcopyto": """
z=np.zeros((3,4))
np.copyto(z,A,where=W>0)
return (z**2).sum()
""",
    "outm": """
z=np.zeros(3)
A.sum(axis=1,out=z)
return (z**2).sum()
""",
    "delete": """
return (np.delete(v,[1])**2).sum()
""",
    "divzero": """
with np.errstate(all='ignore'): z=np.where(W>0,A/np.where(W>0,W,1),0)
return z.sum()
""",
    "hash": """
s={1,2}
return A.sum()*len(s)
""",
    "eqnone": """
return A.sum() if A is not None else 0
""",
    "defaultdict": """
d=collections.defaultdict(float)
for i in range(3): d[i%2]+=A[i].sum()
return d[0]*d[1]
""",
    "power_arr": """
return (np.abs(A)**v).sum()
""",
    "log1mexp": """
return np.log1p(-np.exp(-np.abs(A)-1)).sum()
""",
    "softplus": """
return np.log(1+np.exp(A)).sum()
""",
    "gelu": """
return (0.5*A*(1+np.tanh(np.sqrt(2/np.pi)*(A+0.044715*A**3)))).sum()
""",
    "iszero": """
z=A-A[0,0]
return np.where(z==0,1,z).sum()
""",
}
"""Bodies of functions of A (3, 4) and v (4), which are learned, and of W (3, 4) and y (3), data."""


@pytest.mark.parametrize("name", CODE)
def test_code_is_recorded_with_its_gradient(name):
    names = {"np": np, "functools": functools, "collections": collections, "DC": DC, "S_": S_}
    body = "\n".join(f" {line}" for line in CODE[name].strip("\n").splitlines())
    exec(compile(f"def f(A, v, W, y):\n{body}", "model.py", "exec"), names)
    agrees(names["f"], LEARNED, **DATA)
